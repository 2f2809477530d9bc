#include "CSimdjson.h"
#include <memory>
#include <new>
#include <simdjson.h>

struct quetzal_json_document {
  simdjson::dom::document tape;
};

namespace {
// Parsers are kept per thread for the many small documents (requests); a big one is released at once, because its
// index buffers would stay for good.
constexpr size_t kept_capacity = 1 << 16;

int code_of(simdjson::error_code error) {
  switch (error) {
  case simdjson::SUCCESS: return QUETZAL_JSON_OK;
  case simdjson::NUMBER_ERROR: return QUETZAL_JSON_NUMBER;
  case simdjson::UTF8_ERROR: return QUETZAL_JSON_UTF8;
  case simdjson::DEPTH_ERROR: return QUETZAL_JSON_DEPTH;
  default: return QUETZAL_JSON_OTHER;
  }
}
} // namespace

extern "C" int quetzal_json_parse(const uint8_t *bytes, size_t length, size_t max_depth,
                                  quetzal_json_document **document, const char **message) {
  static thread_local std::unique_ptr<simdjson::dom::parser> kept;
  std::unique_ptr<simdjson::dom::parser> once;
  simdjson::dom::parser *parser;
  if (length <= kept_capacity) {
    if (!kept) kept.reset(new (std::nothrow) simdjson::dom::parser());
    parser = kept.get();
  } else {
    once.reset(new (std::nothrow) simdjson::dom::parser());
    parser = once.get();
  }
  std::unique_ptr<quetzal_json_document> result(new (std::nothrow) quetzal_json_document());
  if (!parser || !result) {
    *message = "out of memory";
    return QUETZAL_JSON_OTHER;
  }
  simdjson::error_code error = simdjson::SUCCESS;
  if (parser->capacity() < length || parser->max_depth() != max_depth) {
    error = parser->allocate(length < 4096 ? 4096 : length, max_depth);
  }
  if (!error) error = parser->parse_into_document(result->tape, bytes, length, true).error();
  if (error) {
    *message = simdjson::error_message(error);
    return code_of(error);
  }
  *document = result.release();
  return QUETZAL_JSON_OK;
}

extern "C" const uint64_t *quetzal_json_tape(const quetzal_json_document *document) { return document->tape.tape.get(); }
extern "C" const uint8_t *quetzal_json_strings(const quetzal_json_document *document) { return document->tape.string_buf.get(); }
extern "C" void quetzal_json_free(quetzal_json_document *document) { delete document; }
