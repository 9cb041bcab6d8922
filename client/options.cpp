#include "client/options.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "proto/interval.h"
#include "proto/snapshot.h"
#include "proto/startup.h"

namespace tcptop {
namespace {

constexpr std::string_view about_the_rest =
    R"(Keys on the screen: q quits, ? shows the others.

Amounts are decimal (1.23K is 1,230), cut and not rounded; `-` is what is not known.

Exit codes: 0 left as asked, 1 an unforeseen failure, 2 wrong command line, 3 not permitted to use
the socket, 9 no daemon, 10 no terminal, 11 what answers is no tcptopd or speaks another protocol.
A private tcptopd that does not start passes its own code on.)";

StartupError usage(const std::string& what) {
  return {ExitCode::usage, what, 0, "see tcptop --help"};
}

// The keys of the column table in lines that fit a terminal.
std::string footer() {
  std::string text = "Columns to sort by:", line;
  constexpr std::size_t longest_line = 96;
  for (const Column& column : columns()) {
    if (line.empty() || line.size() + 1 + column.key.size() > longest_line) {
      text += line + '\n';
      line = " ";
    }
    line += ' ';
    line += column.key;
  }
  return text + line + "\n\n" + std::string(about_the_rest);
}

}  // namespace

std::optional<Options> read_options(int argc, const char* const* argv) {
  Options options;
  options.socket_path = default_socket_path;
  std::string interval, sort(default_sort_column);
  bool reverse = false;
  std::uint64_t count = 0;

  CLI::App app("top for network connections: shows what tcptopd sees", "tcptop");
  app.set_version_flag("--version", std::string("tcptop ") + TCPTOP_VERSION,
                       "Print the version and leave")
      ->group("About");
  app.set_help_flag("-h,--help", "Print this and leave")->group("About");
  app.footer(footer());
  auto* socket_option = app.add_option("--socket", options.socket_path, "Where tcptopd listens")
                            ->type_name("PATH")
                            ->envname("TCPTOP_SOCKET")
                            ->capture_default_str()
                            ->group("Source");
  app.add_option("--interval", interval, "A picture each TIME: 500ms, 2s, 1m, or seconds")
      ->type_name("TIME")
      ->group("Source");
  app.add_option("--sort", sort, "Sort by COLUMN, or -COLUMN for the other order")
      ->type_name("COLUMN")
      ->capture_default_str()
      ->group("Table");
  app.add_flag("--reverse", reverse, "The other order")->group("Table");
  auto* batch_flag =
      app.add_flag("--batch", options.batch, "Print plain text instead of drawing a screen")
          ->group("Batch");
  auto* count_option = app.add_option("--count", count, "Leave after N pictures")
                           ->type_name("N")
                           ->needs(batch_flag)
                           ->check(CLI::PositiveNumber.description(""))
                           ->group("Batch");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    app.exit(asked, std::cout, std::cout);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw usage(error.what());
  }

  options.socket_is_explicit = socket_option->count() > 0;
  if (options.socket_path.empty()) throw usage("--socket is empty");
  if (!interval.empty()) {
    options.interval = parse_interval(interval);
    if (!options.interval) throw usage("--interval: " + interval_complaint(interval));
  }
  const auto key = parse_sort_key(sort);
  if (!key) throw usage("--sort: " + sort_complaint(sort));
  options.sort = reverse ? reversed(*key) : *key;
  if (count_option->count() > 0) options.count = count;
  return options;
}

}  // namespace tcptop
