/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-format.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"

static const char *const superscripts[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };

static void
append_superscript (GString *out, int exponent)
{
  char digits[16];

  g_snprintf (digits, sizeof digits, "%d", ABS (exponent));
  if (exponent < 0)
    g_string_append (out, "⁻");
  for (const char *c = digits; *c; c++)
    g_string_append (out, superscripts[*c - '0']);
}

/* The C library writes a hyphen for minus. */
static char *
with_minus (const char *number)
{
  return number[0] == '-' ? g_strconcat (MINUS, number + 1, NULL) : g_strdup (number);
}

char *
bf_format_power (int decade)
{
  GString *out = g_string_new (NULL);

  if (decade == 0)
    return g_string_free (g_string_append (out, "1"), FALSE);
  g_string_append (out, "10");
  if (decade != 1)
    append_superscript (out, decade);
  return g_string_free (out, FALSE);
}

/* Rounded to two digits first, so that 0.000999 does not become 10 × 10⁻⁴. */
static char *
format_scientific (double value)
{
  int exponent = (int) floor (log10 (fabs (value)));
  double mantissa = value / pow (10, exponent);
  GString *out = g_string_new (NULL);
  g_autofree char *head = NULL, *number = NULL;

  if (!isfinite (mantissa))   /* 10^exponent is subnormal */
    mantissa = value * 1e300 / pow (10, exponent + 300);
  if (fabs (mantissa) >= 9.95)
    {
      mantissa /= 10;
      exponent++;
    }
  number = g_strdup_printf ("%.1f", mantissa);
  head = with_minus (number);
  g_string_append_printf (out, "%s × 10", head);
  append_superscript (out, exponent);
  return g_string_free (out, FALSE);
}

char *
bf_format_value (double value)
{
  double size = fabs (value);
  int decimals;
  g_autofree char *number = NULL;

  if (isnan (value))
    return g_strdup (_("NaN"));
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : MINUS "∞");
  if (size == 0)
    return g_strdup ("0");
  if (size < 0.000995 || size >= 99.5)
    return format_scientific (value);
  decimals = size >= 9.95 ? 0 : size >= 0.995 ? 1 : size >= 0.0995 ? 2 : size >= 0.00995 ? 3 : 4;
  number = g_strdup_printf ("%.*f", decimals, value);
  return with_minus (number);
}

static const char *
thousands_separator (void)
{
  const struct lconv *locale = localeconv ();

  if (locale->thousands_sep && *locale->thousands_sep && g_utf8_validate (locale->thousands_sep, -1, NULL))
    return locale->thousands_sep;
  return g_str_equal (locale->decimal_point, ".") ? "," : "\xe2\x80\xaf";
}

char *
bf_format_count (guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  gsize length = strlen (digits);
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (out, thousands_separator ());
      g_string_append_c (out, digits[i]);
    }
  return g_string_free (out, FALSE);
}

/* Two significant digits of a whole number: 37412 as 37,000. */
static char *
format_rounded (double value)
{
  double unit = pow (10, MAX (0, floor (log10 (value)) - 1));
  double rounded = unit * round (value / unit);

  if (value < 9.95)
    return bf_format_value (value);
  return rounded < 1e6 ? bf_format_count ((guint64) rounded) : bf_format_value (value);
}

char *
bf_format_ratio (double ratio)
{
  g_autofree char *number = NULL;

  if (!isfinite (ratio) || ratio < 0)
    return bf_format_value (ratio);
  if (ratio == 0)
    return g_strdup ("0 ×");
  if (ratio >= 0.67)
    {
      number = format_rounded (ratio);
      return g_strdup_printf ("%s ×", number);
    }
  number = format_rounded (1 / ratio);
  return g_strdup_printf ("1 / %s", number);
}

char *
bf_format_part (double ratio)
{
  g_autofree char *number = NULL;

  if (!isfinite (ratio) || ratio <= 0)
    return bf_format_value (ratio);
  number = format_rounded (ratio < 0.67 ? 1 / ratio : ratio);
  return ratio < 0.67 ? g_strconcat ("1/", number, NULL) : g_steal_pointer (&number);
}

char *
bf_format_percent (double share)
{
  if (!isfinite (share))
    return bf_format_value (share);
  /* Translators: a share, one decimal: "87.1 %". */
  return g_strdup_printf (_("%.1f %%"), 100 * share);
}

char *
bf_format_tick (double value, double step)
{
  int decimals = 0;
  g_autofree char *number = NULL;

  if (!isfinite (value))
    return bf_format_value (value);
  if (fabs (value) < step * 1e-6)
    return g_strdup ("0");
  if (fabs (value) >= 1000 && step >= 1 && fabs (value) < 1e15)
    {
      g_autofree char *count = bf_format_count ((guint64) llround (fabs (value)));
      return g_strconcat (value < 0 ? MINUS : "", count, NULL);
    }
  if (fabs (value) >= 1e15 || step < 1e-6)
    return bf_format_value (value);
  while (decimals < 6 && fabs (step * pow (10, decimals) - round (step * pow (10, decimals))) > 1e-6)
    decimals++;
  number = g_strdup_printf ("%.*f", decimals, value);
  return with_minus (number);
}

char *
bf_format_plain (double value, int digits)
{
  g_autofree char *number = NULL;

  if (!isfinite (value) || (value != 0 && (fabs (value) < 1e-4 || fabs (value) >= 1e6)))
    return bf_format_value (value);
  number = g_strdup_printf ("%.*g", digits, value);
  return with_minus (number);
}

const char *
bf_format_letters (const char *layer_kind)
{
  static const struct { const char *kind, *letters; } table[] = {
    { "add", "+" }, { "batch-norm", N_("BN") }, { "gradient-norm", N_("GN") },
    { "layer-norm", N_("LN") }, { "tensor-norm", N_("TN") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (layer_kind, table[i].kind))
      return _(table[i].letters);
  return "";
}
