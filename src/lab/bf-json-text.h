/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the JSON library lets through: it recurses without bound, takes comments and single quotes, and escapes that JSON
 * does not know, among them octal numbers that make a text no UTF-8. So a text is looked at before the library reads it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BF_JSON_MAX_NESTING 64

typedef enum
{
  BF_JSON_FINE,
  BF_JSON_NOT_UTF8,
  BF_JSON_TOO_NESTED,
  BF_JSON_ESCAPE,     /* a backslash and what JSON does not know, or no character */
  BF_JSON_STRAY,      /* between the values, what belongs to none: a comment, a single quote */
} BfJsonFault;

/* The first fault of a text of `length` bytes; line: where, from 1. Fine does not mean that it is JSON: the library tells. */
BfJsonFault bf_json_find_fault (const char *text, gsize length, guint *line);

G_END_DECLS
