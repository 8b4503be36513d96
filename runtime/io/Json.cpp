#include "Json.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace mlc::io {
namespace {

// Bytes of the UTF-8 sequence at the beginning of `text`, 0 if there is none.
size_t sequence(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned first = byte(0);
  size_t length = first < 0x80                    ? 1
                  : first >= 0xc2 && first < 0xe0 ? 2
                  : (first & 0xf0) == 0xe0        ? 3
                  : first >= 0xf0 && first < 0xf5 ? 4
                                                  : 0;
  if (length > text.size())
    return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) || (first == 0xf0 && byte(1) < 0x90) ||
      (first == 0xf4 && byte(1) > 0x8f))
    return 0;
  return length;
}

} // namespace

void Json::separate() {
  if (!first)
    out += ',';
  first = false;
}

Json &Json::open(char bracket) {
  separate();
  out += bracket;
  first = true;
  return *this;
}

Json &Json::close(char bracket) {
  out += bracket;
  first = false;
  return *this;
}

Json &Json::raw(std::string_view text) {
  separate();
  out += text;
  return *this;
}

Json &Json::key(std::string_view name) {
  separate();
  quote(name);
  out += ':';
  first = true;
  return *this;
}

Json &Json::value(std::string_view text) {
  separate();
  quote(text);
  return *this;
}

Json &Json::value(double number) {
  if (!std::isfinite(number))
    return null();
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, number);
  return raw({text, static_cast<size_t>(end.ptr - text)});
}

void Json::quote(std::string_view text) {
  out += '"';
  while (!text.empty()) {
    size_t length = sequence(text);
    char c = text[0];
    if (length == 0) {
      out += "\\ufffd";
      length = 1;
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      out += escape;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

} // namespace mlc::io
