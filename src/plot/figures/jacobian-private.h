/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the two files of the singular values share.
 */
#pragma once

#include "../bf-draw.h"

G_BEGIN_DECLS

#define BF_SPECTRA_LANE 15.0   /* px, of what is exactly 0 */

/* One of two: of each layer, of all up to a layer. */
typedef struct
{
  const BfSpectrum *spectra;
  gboolean product;
  BfRect plot;
  BfScale depth;        /* layer index onto x */
  BfScale value;        /* log10 onto y */
  gboolean zeros;       /* a lane beneath */
} BfSpectraPanel;

typedef struct
{
  BfDraw *draw;
  const BfFigureData *data;
  const BfJacobian *jacobian;
  BfSpectraPanel panels[2];
  double pitch;         /* px a layer */
  double keys;          /* y of the legend; 0: no room */
  gboolean brief;       /* few words */
  gboolean stacked;     /* the panels above each other, not side by side */
} BfSpectra;

/* FALSE: no room. */
gboolean bf_spectra_lay_out (BfSpectra *self, BfDraw *draw, const BfFigureData *data);
void     bf_spectra_draw    (BfSpectra *self);

/* Whether it is of the run's present layers: of a network that grows, not always. */
gboolean bf_spectra_is_of_run (const BfFigureData *data);

/* log10 of what theory expects of the root of the mean square at the start; NaN: it is silent. */
double   bf_spectra_get_theory (const BfFigureData *data, gboolean product, guint layer);

G_END_DECLS
