/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-json-text.h"

#include <string.h>

typedef struct
{
  const char *at, *end;
  guint line;
} Reader;

/* Four hexadecimal digits from `offset` on; -1: they are none. */
static int
read_unit (const Reader *self, gsize offset)
{
  int unit = 0;

  if ((gsize) (self->end - self->at) < offset + 4)
    return -1;
  for (gsize i = offset; i < offset + 4; i++)
    {
      const int digit = g_ascii_xdigit_value (self->at[i]);

      if (digit < 0)
        return -1;
      unit = 16 * unit + digit;
    }
  return unit;
}

static gboolean
is_low_half (int unit)
{
  return unit >= 0xdc00 && unit < 0xe000;
}

static gboolean
is_high_half (int unit)
{
  return unit >= 0xd800 && unit < 0xdc00;
}

/* Past what stands behind a backslash; FALSE: it is no character. Those outside the first plane are two halves, and the
 * character 0 would end the text. */
static gboolean
skip_escape (Reader *self)
{
  int unit;

  if (self->at == self->end)
    return FALSE;
  if (*self->at != 'u')
    return *self->at != '\0' && strchr ("\"\\/bfnrt", *self->at++) != NULL;
  unit = read_unit (self, 1);
  self->at++;
  if (unit <= 0 || is_low_half (unit))
    return FALSE;
  self->at += 4;
  if (!is_high_half (unit))
    return TRUE;
  if (self->end - self->at < 6 || self->at[0] != '\\' || self->at[1] != 'u' || !is_low_half (read_unit (self, 2)))
    return FALSE;
  self->at += 6;
  return TRUE;
}

/* Past a text and its second quote; a text that does not end is for the library to tell. */
static gboolean
skip_text (Reader *self)
{
  while (self->at < self->end)
    {
      const char c = *self->at++;

      if (c == '"')
        return TRUE;
      self->line += c == '\n';
      if (c == '\\' && !skip_escape (self))
        return FALSE;
    }
  return TRUE;
}

BfJsonFault
bf_json_find_fault (const char *text, gsize length, guint *line)
{
  Reader reader = { text, text + length, 1 };
  BfJsonFault fault = g_utf8_validate_len (text, length, NULL) ? BF_JSON_FINE : BF_JSON_NOT_UTF8;
  guint depth = 0;

  while (fault == BF_JSON_FINE && reader.at < reader.end)
    {
      const char c = *reader.at++;

      if (c == '\n')
        reader.line++;
      else if (c == '"' && !skip_text (&reader))
        fault = BF_JSON_ESCAPE;
      else if (c == '\'' || c == '/' || c == '#')
        fault = BF_JSON_STRAY;
      else if ((c == '{' || c == '[') && ++depth > BF_JSON_MAX_NESTING)
        fault = BF_JSON_TOO_NESTED;
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
    }
  *line = reader.line;
  return fault;
}
