/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How figures look: the roles of colour, the families of runs, type and line, for light, dark and
 * print. Figures take every colour from here or from the colour maps.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct { double r, g, b, a; } BfColor;

typedef enum { BF_THEME_LIGHT, BF_THEME_DARK, BF_THEME_PRINT, BF_N_THEMES } BfTheme;

typedef enum
{
  BF_ROLE_SURFACE, BF_ROLE_BAND, BF_ROLE_GRID, BF_ROLE_AXIS, BF_ROLE_INK, BF_ROLE_INK_2,
  BF_ROLE_INK_3, BF_ROLE_NAN, BF_ROLE_ACCENT, BF_ROLE_DANGER, BF_N_ROLES
} BfRole;

/* A remedy's family gives a run its colour, mark and dash. */
typedef enum
{
  BF_FAMILY_BASELINE, BF_FAMILY_ACTIVATION, BF_FAMILY_NORMALIZATION, BF_FAMILY_SKIP,
  BF_FAMILY_START, BF_FAMILY_OPTIMIZER, BF_FAMILY_FINE_TUNING, BF_FAMILY_GRADIENT, BF_N_FAMILIES
} BfFamily;

typedef struct
{
  BfTheme theme;
  gboolean transparent;    /* no surface is painted */
  gboolean window;         /* drawn inside the window: no title, no text under 11 px, small margins */
  gboolean right_to_left;  /* mirrors titles and legends, never axes of numbers */
  double font_scale;       /* 1 */
  const char *font;        /* family list; NULL: the program's own */
} BfStyle;

void     bf_style_init       (BfStyle *self, BfTheme theme);
BfColor  bf_style_get_color  (const BfStyle *self, BfRole role);
BfColor  bf_style_get_family (const BfStyle *self, BfFamily family);
/* A family's colour mixed with ink up to 4.5 : 1 against the surface, for text. */
BfColor  bf_style_get_family_ink (const BfStyle *self, BfFamily family);

G_END_DECLS
