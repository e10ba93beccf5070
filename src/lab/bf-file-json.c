/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the JSON library neither bounds nor reports.
 */
#include "bf-file-reader.h"

#include <glib/gi18n-lib.h>

#include "bf-json-text.h"

/* The JSON library keeps the last of two equal keys and says nothing. */

typedef struct
{
  GPtrArray *open;      /* of GHashTable: keys so far of each object that is being read */
  GPtrArray *twice;     /* keys */
} Duplicates;

static void
on_object_start (JsonParser *parser, Duplicates *self)
{
  g_ptr_array_add (self->open, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL));
}

static void
on_object_member (JsonParser *parser, JsonObject *object, const char *key, Duplicates *self)
{
  if (self->open->len > 0 && !g_hash_table_add (self->open->pdata[self->open->len - 1], g_strdup (key)))
    g_ptr_array_add (self->twice, g_strdup (key));
}

static void
on_object_end (JsonParser *parser, JsonObject *object, Duplicates *self)
{
  if (self->open->len > 0)
    g_ptr_array_set_size (self->open, (int) self->open->len - 1);
}

/* The root of the text, or NULL with error. */
JsonNode *
bf_file_read_json (BfFileReader *self, JsonParser *parser, const char *text, gsize size)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  g_autoptr (GPtrArray) twice = g_ptr_array_new_with_free_func (g_free);
  Duplicates duplicates = { open, twice };
  gboolean ok;

  g_signal_connect (parser, "object-start", G_CALLBACK (on_object_start), &duplicates);
  g_signal_connect (parser, "object-member", G_CALLBACK (on_object_member), &duplicates);
  g_signal_connect (parser, "object-end", G_CALLBACK (on_object_end), &duplicates);
  ok = json_parser_load_from_data (parser, text, (gssize) size, NULL);
  g_signal_handlers_disconnect_by_data (parser, &duplicates);
  if (!ok)
    {
      /* The parser does not know the place of what ends too early. */
      if (json_parser_get_current_line (parser) > 0)
        bf_file_fail (self, _("line %d, column %d: the text is damaged or not JSON."),
                      json_parser_get_current_line (parser), json_parser_get_current_pos (parser));
      else
        bf_file_fail (self, _("the text is damaged or not JSON."));
      return NULL;
    }
  for (guint i = 0; i < twice->len; i++)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (_("“%s” has the key “%s” twice in one place. The last one counts."),
                                      self->name, (const char *) twice->pdata[i]));
  if (!json_parser_get_root (parser))
    bf_file_fail (self, _("This is no experiment of Backflow: an object in braces is expected."));
  return json_parser_get_root (parser);
}

gboolean
bf_file_check_text (BfFileReader *self, const char *text, gsize length)
{
  guint line;

  if (length > BF_FILE_MAX_BYTES)
    return bf_file_fail (self, _("The file has more than %d MiB; an experiment is a page of text."), BF_FILE_MAX_BYTES >> 20);
  switch (bf_json_find_fault (text, length, &line))
    {
    case BF_JSON_FINE:
      return TRUE;
    case BF_JSON_NOT_UTF8:
      return bf_file_fail (self, _("The file is not text in UTF-8."));
    case BF_JSON_TOO_NESTED:
      return bf_file_fail (self, _("line %u: braces and brackets are nested more than %d deep."), line, BF_JSON_MAX_NESTING);
    case BF_JSON_ESCAPE:
      return bf_file_fail (self, _("line %u: a text has a backslash that JSON does not know. Write “\\\\” for a backslash."), line);
    case BF_JSON_STRAY:
      return bf_file_fail (self, _("line %u: JSON knows no comments, and its texts stand in double quotes."), line);
    default:
      g_return_val_if_reached (FALSE);
    }
}
