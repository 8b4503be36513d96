// Writes JSON: commas and escapes are put here, the order is the caller's. Numbers are written so that they are read
// back exactly; what JSON cannot say (not a number, infinities) is null; bytes that are no UTF-8 become U+FFFD.
#ifndef MLC_RUNTIME_IO_JSON_H
#define MLC_RUNTIME_IO_JSON_H

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace mlc::io {

class Json {
public:
  Json &beginObject() { return open('{'); }
  Json &endObject() { return close('}'); }
  Json &beginArray() { return open('['); }
  Json &endArray() { return close(']'); }
  Json &key(std::string_view name);

  Json &value(std::string_view text);
  Json &value(const char *text) { return value(std::string_view(text)); }
  Json &value(double number);
  template <std::integral T> Json &value(T number) {
    if constexpr (std::same_as<T, bool>)
      return raw(number ? "true" : "false");
    else
      return raw(std::to_string(number));
  }
  Json &null() { return raw("null"); }

  template <typename T> Json &field(std::string_view name, const T &content) { return key(name).value(content); }

  const std::string &text() const { return out; }

private:
  Json &open(char bracket);
  Json &close(char bracket);
  Json &raw(std::string_view text);
  void separate();
  void quote(std::string_view text);

  std::string out;
  bool first = true;
};

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_JSON_H
