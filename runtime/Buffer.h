// Memory aligned to MLC_ARENA_ALIGN, owned, and never thrown over: a failure is a value.
#ifndef MLC_RUNTIME_BUFFER_H
#define MLC_RUNTIME_BUFFER_H

#include <cstdint>
#include <utility>

namespace mlc::rt {

class Buffer {
public:
  Buffer() = default;
  Buffer(Buffer &&other) noexcept { swap(other); }
  Buffer &operator=(Buffer &&other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() { release(); }

  // Makes room for `bytes`; what it held is lost if it has to grow. Never null afterwards, even for 0 bytes.
  [[nodiscard]] bool reserve(uint64_t bytes);

  void *data() const { return memory; }
  uint64_t capacity() const { return room; }

private:
  void swap(Buffer &other) noexcept {
    std::swap(memory, other.memory);
    std::swap(room, other.room);
    std::swap(mapped, other.mapped);
  }
  void release();

  void *memory = nullptr;
  uint64_t room = 0;
  bool mapped = false;
};

} // namespace mlc::rt

#endif // MLC_RUNTIME_BUFFER_H
