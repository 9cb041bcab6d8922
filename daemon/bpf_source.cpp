#include "daemon/bpf_source.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <tcptop.skel.h>

#include "proto/startup.h"

namespace tcptop {
namespace {

struct Unload {
  void operator()(tcptop_bpf* skeleton) const { tcptop_bpf::destroy(skeleton); }
};
struct Detach {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
struct FreeRing {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Link = std::unique_ptr<bpf_link, Detach>;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// The programs' mapped array of records, read only.
class MappedRecords {
 public:
  explicit MappedRecords(int map) : base_(mmap(nullptr, bytes, PROT_READ, MAP_SHARED, map, 0)) {
    if (base_ == MAP_FAILED)
      throw StartupError(ExitCode::hook_refused, "cannot map the kernel's records", errno,
                         "this kernel cannot share a BPF array with a program (needs 5.5)");
  }
  MappedRecords(const MappedRecords&) = delete;
  MappedRecords& operator=(const MappedRecords&) = delete;
  ~MappedRecords() { munmap(base_, bytes); }

  [[nodiscard]] std::span<const flow_record> first(std::size_t count) const {
    return {static_cast<const flow_record*>(base_), count};
  }

 private:
  static constexpr std::size_t bytes = FLOW_SHARE * sizeof(flow_record);
  void* base_;
};

[[noreturn]] void refuse(const std::string& what, int error) {
  if (error == EPERM || error == EACCES)
    throw StartupError(
        ExitCode::hook_refused, what, error,
        "The kernel forbids it to this process. Needed: root, or CAP_BPF, CAP_PERFMON and "
        "CAP_NET_ADMIN, outside a user namespace; lockdown may forbid it too "
        "(/sys/kernel/security/lockdown).");
  throw StartupError(ExitCode::hook_refused, what, error,
                     "This kernel may be too old (5.15 or later is needed), or built without it. "
                     "`tcptopd --log-level debug` shows what the kernel said.");
}

// libbpf's word for a failed load is the same for many causes: find ours.
[[noreturn]] void explain_load_failure(int error) {
  btf* kernel_types = btf__load_vmlinux_btf();
  if (libbpf_get_error(kernel_types) != 0)
    throw StartupError(
        ExitCode::no_btf, "this kernel carries no type information (BTF)", 0,
        "It must be built with CONFIG_DEBUG_INFO_BTF=y, as the kernels of Debian 11, Fedora 31, "
        "Ubuntu 20.10, RHEL 8.2 and later are; then /sys/kernel/btf/vmlinux exists.");
  btf__free(kernel_types);
  refuse("the kernel refused to load tcptopd's programs", error);
}

// Runs an iterator to its end; what it writes is dropped (ours write nothing).
// A read may say EAGAIN: after a million objects, or where our program stopped. Then
// `between_reads` is called and the walk goes on. False if it failed.
template <typename Function>
bool run_iterator(const Link& link, Function between_reads) {
  const Descriptor iterator(bpf_iter_create(bpf_link__fd(link.get())));
  if (iterator.get() < 0) return false;
  std::array<char, 64> nothing{};
  for (;;) {
    const ssize_t got = ::read(iterator.get(), nothing.data(), nothing.size());
    const int error = got < 0 ? errno : 0;
    between_reads();
    if (got == 0) return true;
    if (got < 0 && error != EAGAIN && error != EINTR) return false;
  }
}

void (*libbpf_log)(std::string_view) = nullptr;  // NOLINT: libbpf's callback has no context

int print_from_libbpf(libbpf_print_level level, const char* format, va_list arguments) {
  if (libbpf_log == nullptr || level == LIBBPF_DEBUG) return 0;
  std::array<char, 4096> line{};
  // The format is libbpf's own, and checked there.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
#pragma GCC diagnostic pop
  std::string_view text(line.data());
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  libbpf_log(text);
  return length;
}

int take_event(void* sink, void* data, std::size_t size) {
  if (size >= sizeof(flow_record))
    (*static_cast<const Source::Sink*>(sink))({static_cast<const flow_record*>(data), 1});
  return 0;
}

}  // namespace

struct BpfSource::Programs {
  Programs() : skeleton(tcptop_bpf::open()) {
    if (!skeleton) refuse("cannot prepare tcptopd's programs", errno);
    if (const int error = tcptop_bpf::load(skeleton.get()); error != 0)
      explain_load_failure(-error);
    on_state = attach(skeleton->progs.on_state, "inet_sock_set_state");
    on_destroy = attach(skeleton->progs.on_destroy, "tcp_destroy_sock");
    find_holders = attach(skeleton->progs.find_holders, "iter/task_file");
    bpf_iter_link_info map_of_walk{};
    map_of_walk.map.map_fd = static_cast<__u32>(bpf_map__fd(skeleton->maps.flows));
    walk = attach(skeleton->progs.walk_flows, "iter/bpf_sk_storage_map", &map_of_walk);
    records = std::make_unique<MappedRecords>(bpf_map__fd(skeleton->maps.records));
    ring.reset(ring_buffer__new(bpf_map__fd(skeleton->maps.events), take_event, &sink, nullptr));
    if (!ring) refuse("cannot read the kernel's ring buffer", errno);
  }

  static Link attach(bpf_program* program, const std::string& hook,
                     bpf_iter_link_info* info = nullptr) {
    bpf_iter_attach_opts options{};
    options.sz = sizeof(options);
    options.link_info = info;
    options.link_info_len = info != nullptr ? sizeof(*info) : 0;
    Link link(info != nullptr ? bpf_program__attach_iter(program, &options)
                              : bpf_program__attach(program));
    if (!link) refuse("cannot attach to '" + hook + "'", errno);
    return link;
  }

  [[nodiscard]] static std::uint64_t recursion_misses(const bpf_program* program) {
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) return 0;
    return info.recursion_misses;
  }

  std::unique_ptr<tcptop_bpf, Unload> skeleton;
  Link on_state, on_destroy, walk, find_holders;
  std::unique_ptr<MappedRecords> records;
  Source::Sink sink;  // of the take_ended that is running
  std::unique_ptr<ring_buffer, FreeRing> ring;
};

BpfSource::BpfSource() {
  libbpf_set_print(print_from_libbpf);
  programs_ = std::make_unique<Programs>();
  find_holders();
  const Link without_file =
      Programs::attach(programs_->skeleton->progs.seed_without_file, "iter/tcp");
  run_iterator(without_file, [] {});
}

BpfSource::~BpfSource() = default;

bool BpfSource::walk(bool every, const Sink& sink) {
  auto* shared = programs_->skeleton->bss;
  const auto next_share = [shared] {
    shared->share_left = FLOW_SHARE;
    shared->records_used = 0;
  };
  shared->report_all = every;
  next_share();
  const bool whole = run_iterator(programs_->walk, [&] {
    if (shared->records_used > 0) sink(programs_->records->first(shared->records_used));
    next_share();
  });
  if (!whole) ++broken_walks_;
  return whole;
}

void BpfSource::take_ended(const Sink& sink) {
  programs_->sink = sink;
  ring_buffer__consume(programs_->ring.get());
  programs_->sink = nullptr;
}

void BpfSource::find_holders() {
  run_iterator(programs_->find_holders, [] {});
}

Source::Losses BpfSource::losses() const {
  const auto* shared = programs_->skeleton->bss;
  return {.events = shared->lost_events,
          .storage = shared->refused_storage,
          .missed_ends = Programs::recursion_misses(programs_->skeleton->progs.on_destroy),
          .walks = broken_walks_};
}

int BpfSource::wake_descriptor() const {
  return ring_buffer__epoll_fd(programs_->ring.get());
}

void BpfSource::log_to(void (*log)(std::string_view line)) {
  libbpf_log = log;
}

}  // namespace tcptop
