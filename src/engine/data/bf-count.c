/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-count.h"

#include <locale.h>
#include <string.h>

static gboolean
locale_is_plain (void)
{
  const char *locale = setlocale (LC_NUMERIC, NULL);

  return !locale || g_str_equal (locale, "POSIX") || g_str_equal (locale, "C")
         || g_str_has_prefix (locale, "C.");
}

char *
bf_group_digits (guint64 count)
{
  g_autofree char *digits = NULL;
  GString *grouped;
  gsize length;

  if (!locale_is_plain ())
    return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
  digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  length = strlen (digits);
  grouped = g_string_sized_new (length + length / 3 + 1);
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (grouped, ',');
      g_string_append_c (grouped, digits[i]);
    }
  return g_string_free (grouped, FALSE);
}
