/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Numbers as people read them: real superscripts, a true minus, separators in steps.
 * All transfer full.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Two significant digits: "0.0019", "0.79", "3.8 × 10⁻⁵", "0", "NaN", "∞". */
char *bf_format_value   (double value);
/* A tick of a log axis: "10⁻¹²", "1", "10", "10²". */
char *bf_format_power   (int decade);
/* "1,250", the locale's own separator. */
char *bf_format_count   (guint64 count);
/* "1 / 37,000" below 0.67, else "3.7 ×"; NaN: "NaN". */
char *bf_format_ratio   (double ratio);
/* The same within a sentence: "1/37,000", "3.7", "2 × 10⁹". */
char *bf_format_part    (double ratio);
/* 0.871 as "87.1 %". */
char *bf_format_percent (double share);
/* A tick of a linear axis whose ticks stand `step` apart: as many decimals as that needs. */
char *bf_format_tick    (double value, double step);
/* Plain number as in a sentence, up to `digits` significant, no trailing zeros: "0.01", "2.303". */
char *bf_format_plain   (double value, int digits);
/* Letters of a layer kind that remedies insert, translated: "BN"; "+" of a sum; "" of any other. */
const char *bf_format_letters (const char *layer_kind);

G_END_DECLS
