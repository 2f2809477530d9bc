// C face of simdjson's document parser: bytes in, tape out. The Swift module JSON walks the tape itself.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct quetzal_json_document quetzal_json_document;

enum {
  QUETZAL_JSON_OK = 0,
  QUETZAL_JSON_NUMBER = 1, // a number outside what the parser represents
  QUETZAL_JSON_UTF8 = 2,
  QUETZAL_JSON_DEPTH = 3,
  QUETZAL_JSON_OTHER = 4,
};

// Parses `length` bytes. On success *document owns tape and strings (free with quetzal_json_free); on failure
// *message is a static text.
int quetzal_json_parse(const uint8_t *bytes, size_t length, size_t max_depth,
                       quetzal_json_document **document, const char **message);
const uint64_t *quetzal_json_tape(const quetzal_json_document *document);
const uint8_t *quetzal_json_strings(const quetzal_json_document *document);
void quetzal_json_free(quetzal_json_document *document);

#ifdef __cplusplus
}
#endif
