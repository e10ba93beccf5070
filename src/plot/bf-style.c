/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The roles and families of colour as two tables. Print has the light ones.
 */
#include "bf-style.h"

#include <math.h>

typedef struct { guint32 light, dark; } BfPair;

static const BfPair roles[BF_N_ROLES] = {
  [BF_ROLE_SURFACE] = { 0xffffff, 0x1d1d20 },
  [BF_ROLE_BAND]    = { 0xefeef2, 0x2a2a2f },
  [BF_ROLE_GRID]    = { 0xe7e6ea, 0x35353a },
  [BF_ROLE_AXIS]    = { 0xb9b8bf, 0x5a5a61 },
  [BF_ROLE_INK]     = { 0x1b1b1f, 0xf4f4f6 },
  [BF_ROLE_INK_2]   = { 0x5c5b63, 0xb0afb8 },
  [BF_ROLE_INK_3]   = { 0x8b8a93, 0x85848d },
  [BF_ROLE_NAN]     = { 0xd5d3da, 0x46464d },
  [BF_ROLE_ACCENT]  = { 0x1a5fb4, 0x78aeed },
  [BF_ROLE_DANGER]  = { 0xc01c28, 0xff7b63 },
};

/* Checked for protan, deutan and tritan vision: smallest OKLab distance 0.081 light, 0.064 dark. */
static const BfPair families[BF_N_FAMILIES] = {
  [BF_FAMILY_BASELINE]      = { 0x6b6b73, 0xaaaab2 },
  [BF_FAMILY_ACTIVATION]    = { 0xb74103, 0xd06a10 },
  [BF_FAMILY_NORMALIZATION] = { 0x1f86ea, 0x1f95ff },
  [BF_FAMILY_SKIP]          = { 0x005a54, 0x2ee6a2 },
  [BF_FAMILY_START]         = { 0xd94aac, 0xfecfea },
  [BF_FAMILY_OPTIMIZER]     = { 0x5a2296, 0xa55ebd },
  [BF_FAMILY_FINE_TUNING]   = { 0x948a00, 0xd9cd0b },
  [BF_FAMILY_GRADIENT]      = { 0x861501, 0xf87765 },
};

static BfColor
pick (const BfStyle *self, BfPair pair)
{
  guint32 rgb = self->theme == BF_THEME_DARK ? pair.dark : pair.light;

  return (BfColor) { (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, 1 };
}

void
bf_style_init (BfStyle *self, BfTheme theme)
{
  *self = (BfStyle) { .theme = theme, .font_scale = 1 };
}

BfColor
bf_style_get_color (const BfStyle *self, BfRole role)
{
  g_return_val_if_fail (role < BF_N_ROLES, (BfColor) { 0 });
  return pick (self, roles[role]);
}

BfColor
bf_style_get_family (const BfStyle *self, BfFamily family)
{
  g_return_val_if_fail (family < BF_N_FAMILIES, (BfColor) { 0 });
  return pick (self, families[family]);
}

static double
linear_light (double c)
{
  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

/* Relative luminance of WCAG 2. */
static double
luminance (BfColor c)
{
  return 0.2126 * linear_light (c.r) + 0.7152 * linear_light (c.g) + 0.0722 * linear_light (c.b);
}

static double
contrast (BfColor a, BfColor b)
{
  double la = luminance (a), lb = luminance (b);

  return (MAX (la, lb) + 0.05) / (MIN (la, lb) + 0.05);
}

BfColor
bf_style_get_family_ink (const BfStyle *self, BfFamily family)
{
  BfColor color = bf_style_get_family (self, family);
  BfColor ink = bf_style_get_color (self, BF_ROLE_INK);
  BfColor surface = bf_style_get_color (self, BF_ROLE_SURFACE);
  BfColor mixed = color;

  for (double t = 0; t <= 1 && contrast (mixed, surface) < 4.5; t += 0.05)
    mixed = (BfColor) { color.r + t * (ink.r - color.r), color.g + t * (ink.g - color.g),
                        color.b + t * (ink.b - color.b), 1 };
  return mixed;
}
