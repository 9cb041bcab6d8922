// The kernel as a source of records: loads and attaches the programs of bpf/, and reads them. The
// only part that includes libbpf. All it holds in the kernel goes with it, also when the process
// is killed: nothing is pinned.
#pragma once

#include <memory>
#include <string_view>

#include "daemon/source.h"

namespace tcptop {

class BpfSource : public Source {
 public:
  // Attaches first and then tags what is open already, so that nothing falls between. Throws
  // StartupError: not permitted, no BTF, a hook refused.
  BpfSource();
  ~BpfSource() override;

  bool walk(bool every, const Sink& sink) override;
  void take_ended(const Sink& sink) override;
  void find_holders() override;
  [[nodiscard]] Losses losses() const override;
  [[nodiscard]] int wake_descriptor() const override;

  // Where libbpf's own messages go; nowhere if null. For the whole process.
  static void log_to(void (*log)(std::string_view line));

 private:
  struct Programs;
  std::unique_ptr<Programs> programs_;
  std::uint64_t broken_walks_ = 0;
};

}  // namespace tcptop
