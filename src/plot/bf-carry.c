/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * PNG: a text chunk. SVG: an element of <metadata>. PDF: keywords, which hold the text in base64
 * after a prefix, since a PDF's strings have their own escapes.
 */
#include "bf-carry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-export.h"
#include "bf-png.h"

#define ELEMENT "backflow:experiment"
#define SPACE   "urn:io.github.backflow.Backflow"
#define PREFIX  "backflow-experiment-base64:"

/* Larger files are not searched. */
#define MOST_BYTES (256u << 20)

static void
append_element (GString *out, const char *name, const char *text)
{
  g_autofree char *escaped = text ? g_markup_escape_text (text, -1) : NULL;

  if (escaped)
    g_string_append_printf (out, "<%s>%s</%s>\n", name, escaped, name);
}

GBytes *
bf_carry_into_svg (const GByteArray *svg, const char *title, const char *description, const char *experiment)
{
  const char *text = (const char *) svg->data;
  const char *tag = g_strstr_len (text, svg->len, "<svg");
  const char *end = tag ? memchr (tag, '>', (gsize) (text + svg->len - tag)) : NULL;
  gsize head = end ? (gsize) (end + 1 - text) : 0;
  GString *out = g_string_sized_new (svg->len + 512);

  g_string_append_len (out, text, (gssize) head);
  g_string_append_c (out, '\n');
  append_element (out, "title", title);
  append_element (out, "desc", description);
  if (experiment)
    {
      g_autofree char *escaped = g_markup_escape_text (experiment, -1);
      g_string_append_printf (out, "<metadata><" ELEMENT " xmlns:backflow=\"" SPACE "\">%s</" ELEMENT "></metadata>",
                              escaped);
    }
  g_string_append_len (out, text + head, (gssize) (svg->len - head));
  return g_string_free_to_bytes (out);
}

char *
bf_carry_to_keywords (const char *experiment)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) experiment, strlen (experiment));

  return g_strconcat (PREFIX, encoded, NULL);
}

typedef struct
{
  GString *text;
  gboolean inside, found;
} BfSvgReader;

static void
on_start (GMarkupParseContext *context, const char *name, const char **attributes, const char **values,
          gpointer user_data, GError **error)
{
  BfSvgReader *self = user_data;

  if (!self->found)
    self->inside = g_str_equal (name, ELEMENT);
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  BfSvgReader *self = user_data;

  self->found |= self->inside;
  self->inside = FALSE;
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  BfSvgReader *self = user_data;

  if (self->inside)
    g_string_append_len (self->text, text, (gssize) length);
}

/* Reads in pieces and stops when the element has ended: it stands at the head of our files. */
static char *
read_svg (const char *data, gsize size, GError **error)
{
  static const GMarkupParser parser = { .start_element = on_start, .end_element = on_end, .text = on_text };
  g_autoptr (GString) text = g_string_new (NULL);
  BfSvgReader reader = { .text = text };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reader, NULL);

  for (gsize done = 0; done < size && !reader.found; done += 65536)
    if (!g_markup_parse_context_parse (context, data + done, (gssize) MIN (65536, size - done), error))
      return NULL;
  return reader.found ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static char *
read_pdf (const char *data, gsize size, GError **error)
{
  const char *start = NULL;
  g_autofree char *encoded = NULL;
  g_autofree guchar *decoded = NULL;
  gsize n = 0, length;

  /* The last one counts: a changed file has its new parts at the end. */
  for (const char *at = data; (at = memmem (at, size - (gsize) (at - data), PREFIX, strlen (PREFIX))); at++)
    start = at + strlen (PREFIX);
  if (!start)
    return NULL;
  while (start + n < data + size && (g_ascii_isalnum (start[n]) || strchr ("+/=", start[n])) && start[n])
    n++;
  encoded = g_strndup (start, n);
  decoded = g_base64_decode (encoded, &length);
  return decoded ? g_strndup ((const char *) decoded, length) : NULL;
}

static const struct
{
  const char *magic;
  char *(*read) (const char *data, gsize size, GError **error);
} readers[] = {
  { "%PDF-", read_pdf },
  { "<?xml", read_svg },
  { "<svg", read_svg },
  { "\xef\xbb\xbf<", read_svg },
};

char *
bf_export_read_experiment (GBytes *file, const char *name, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (file, &size);
  g_autoptr (GError) inner = NULL;
  g_autofree char *text = NULL;
  gboolean known = size > 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0;

  if (size > MOST_BYTES)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("“%s” is too large to be a picture of Backflow."), name);
      return NULL;
    }
  if (known)
    text = bf_png_read_text (file, &inner);
  for (guint i = 0; i < G_N_ELEMENTS (readers) && !known; i++)
    if (size > strlen (readers[i].magic) && memcmp (data, readers[i].magic, strlen (readers[i].magic)) == 0)
      {
        known = TRUE;
        text = readers[i].read (data, size, &inner);
      }
  if (text && *text && g_utf8_validate (text, -1, NULL))
    return g_steal_pointer (&text);
  if (inner)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” cannot be read: %s"), name, inner->message);
  else if (known)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s” carries no experiment. Export it with “Carry the Experiment”."), name);
  else
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is no PNG, SVG or PDF."), name);
  return NULL;
}
