/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Reading of JSON with messages that name the file and the place, such as
 * network[0].layers[1].units. A missing key leaves the default, a value of the wrong type is an
 * error, a key that nobody asked for becomes a warning.
 */
#pragma once

#include <json-glib/json-glib.h>
#include "bf-file.h"

G_BEGIN_DECLS

#define BF_FILE_MAX_BYTES (16 * 1024 * 1024)

typedef struct
{
  const char *name;       /* of the file, for messages */
  GString *place;         /* "network[0].units" */
  gint64 version;
  GPtrArray *warnings;
  guint n_layers;
  GHashTable *ids;        /* of layers, set of guint32 */
  GError **error;
} BfFileReader;

/* The text is bounded in size and nesting, and UTF-8. */
gboolean    bf_file_check_text (BfFileReader *self, const char *text, gsize length);
/* The root of a checked text, or NULL with error. Warns of keys that stand twice. */
JsonNode   *bf_file_read_json  (BfFileReader *self, JsonParser *parser, const char *text, gsize size);

/* Goes into a key, or an element when key is NULL; returns what bf_file_leave() needs. */
gsize       bf_file_enter      (BfFileReader *self, const char *key, guint element);
void        bf_file_leave      (BfFileReader *self, gsize before);

/* Sets the error, with file and place put before it; always FALSE. */
gboolean    bf_file_fail       (BfFileReader *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean    bf_file_fail_with  (BfFileReader *self, GError *cause);

/* Warns of members that are neither in `known` (ended by NULL) nor parameters of a kind (or NULL). */
void        bf_file_check_keys (BfFileReader *self, JsonObject *object, const char *const *known, const BfKind *kind);

const char *bf_file_get_text     (JsonNode *node);   /* NULL: not a text */
gboolean    bf_file_read_number  (BfFileReader *self, JsonObject *object, const char *key,
                                  double low, double high, gboolean whole, double *value);
gboolean    bf_file_read_boolean (BfFileReader *self, JsonObject *object, const char *key, gboolean *value);
gboolean    bf_file_read_text    (BfFileReader *self, JsonObject *object, const char *key, char **value);

/* The kind named by a text, or NULL with error. what: of what, translated. */
const BfKind *bf_file_read_kind  (BfFileReader *self, JsonNode *node, BfTable table, const char *what);
/* An object that names its kind under `key` and holds its parameters, beside the `known` keys. */
BfOptions  *bf_file_read_options (BfFileReader *self, JsonObject *object, const char *key, BfTable table,
                                  const char *what, const char *const *known);
/* A member that is "id", or { "kind": "id", parameters … }. */
gboolean    bf_file_read_choice_member (BfFileReader *self, JsonObject *object, const char *key, BfTable table,
                                        const char *what, BfOptions **value);

/* An experiment; the reader has a set of ids. NULL with error. */
BfSpec     *bf_file_read_spec    (BfFileReader *self, JsonNode *root);

G_END_DECLS
