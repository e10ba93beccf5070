/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Figures as files: PNG (any dpi), SVG, PDF, CSV, each from the figure's one draw function, with
 * the experiment carried in the file's metadata.
 */
#pragma once

#include "bf-figure.h"

G_BEGIN_DECLS

typedef enum { BF_FORMAT_PNG, BF_FORMAT_SVG, BF_FORMAT_PDF, BF_FORMAT_CSV, BF_N_FORMATS } BfFormat;

/* Table of formats: id "png", name "PNG"; order as in BfFormat. */
const BfKind *const *bf_formats (void);

typedef struct
{
  BfFormat format;
  double width, height;     /* logical pixels; 0: the figure's own */
  double dpi;               /* PNG only; 96 gives one pixel a logical pixel */
  const char *experiment;   /* JSON text to carry, or NULL */
} BfExportOptions;

void bf_export_options_init (BfExportOptions *self, BfFormat format);

/* The file's bytes; NULL and error when cairo or libpng fail (memory, absurd sizes). */
GBytes  *bf_export_to_bytes (const BfFigure *figure, const BfStyle *style, const BfFigureData *data,
                             const BfExportOptions *options, GError **error);
gboolean bf_export_to_file  (const BfFigure *figure, const BfStyle *style, const BfFigureData *data,
                             const BfExportOptions *options, const char *path, GError **error);

/* The experiment that a PNG, SVG or PDF carries, or NULL with error. Transfer full. */
char    *bf_export_read_experiment (GBytes *file, const char *name, GError **error);

G_END_DECLS
