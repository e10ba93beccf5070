/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What every figure draws with: text measured in logical pixels, marks, hatches, axes, the
 * read-out. A BfDraw is made at the head of a figure's draw function and lives as long as it.
 */
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include "bf-colormap.h"
#include "bf-figure.h"

G_BEGIN_DECLS

typedef enum { BF_TYPE_LABEL, BF_TYPE_TITLE, BF_TYPE_TICK, BF_TYPE_NOTE, BF_N_TYPES } BfType;
typedef enum { BF_ALIGN_LEFT, BF_ALIGN_CENTER, BF_ALIGN_RIGHT } BfAlign;
typedef enum { BF_ANCHOR_MIDDLE, BF_ANCHOR_BASELINE, BF_ANCHOR_TOP } BfAnchor;

/* Rising is "/", falling is "\". */
typedef enum { BF_HATCH_RISING, BF_HATCH_FALLING, BF_HATCH_CROSS, BF_HATCH_DOTS } BfHatch;

typedef struct { double x, y, width, height; } BfRect;

typedef struct
{
  cairo_t *cr;
  const BfStyle *style;
  double width, height;
  gboolean small;          /* a small picture: fewer words, thinner lines */
  double margin;           /* 20, small 12; in the window 14 */
  double gap;              /* between panels */
  double line;             /* of data */
  double mark;             /* radius */
  BfColor colors[BF_N_ROLES];
  PangoLayout *layout;
  PangoFontDescription *fonts[BF_N_TYPES][2];
} BfDraw;

void bf_draw_init         (BfDraw *self, cairo_t *cr, double width, double height, const BfStyle *style);
/* To lay a figure out as it was drawn, where the pointer asks what it is over. */
void bf_draw_init_nowhere (BfDraw *self, double width, double height, const BfStyle *style);
void bf_draw_clear        (BfDraw *self);

/* Where a figure's own part begins, below the title block: 0 in the window. */
double bf_draw_get_top (const BfDraw *self);

/* How a text stands at its point. Zeros: label size, left, middle of the digits, ink. */
typedef struct
{
  BfType type;
  gboolean bold;
  BfAlign align;
  BfAnchor anchor;
  const BfColor *color;    /* NULL: ink */
  const BfColor *halo;     /* NULL: none; else what lies beneath */
  double angle;            /* radians, about the point */
  double max_width;        /* 0: any; else cut with "…" */
} BfText;

#define BF_TEXT(...) (&(const BfText) { __VA_ARGS__ })

/* Returns the width drawn. */
double bf_draw_text         (BfDraw *self, const BfText *text, double x, double y, const char *string);
double bf_draw_text_width   (BfDraw *self, const BfText *text, const char *string);
double bf_draw_text_height  (BfDraw *self, BfType type);     /* of a line */
double bf_draw_get_size     (BfDraw *self, BfType type);     /* of the font */

void bf_draw_set_color      (BfDraw *self, BfColor color);
/* A rectangle with positive sides only; rounded by radius. */
void bf_draw_rectangle      (BfDraw *self, const BfRect *rect, double radius);
void bf_draw_fill           (BfDraw *self, const BfRect *rect, BfColor color);
/* Fills the current path with a hatch, phase-locked to the figure, and clears the path. pitch, line: px. */
void bf_draw_hatch          (BfDraw *self, BfHatch hatch, double pitch, double line, BfColor color);
void bf_draw_line           (BfDraw *self, double x0, double y0, double x1, double y1, double width, BfColor color);

/* Marks and dashes of the families. */
void bf_draw_mark           (BfDraw *self, BfFamily family, double x, double y, double radius,
                             BfColor color, gboolean hollow);
void bf_draw_set_dash       (BfDraw *self, BfFamily family);
void bf_draw_no_dash        (BfDraw *self);

/* How a run stands among the others of a figure. Color, mark and dash are its family's; of the same
 * family the second has hollow marks and a thinner line, the third and fourth a tint of the color. */
typedef struct
{
  BfFamily family;
  BfColor color, ink;      /* of line and mark; of text */
  gboolean hollow;
  double line;             /* width */
} BfRunLook;

BfRunLook bf_draw_get_look  (const BfDraw *self, const BfFigureData *data, guint run);

/* A value axis onto pixels; log axes take log10 of the value. */
typedef struct { double low, high, from, to; } BfScale;

double bf_scale_map         (const BfScale *self, double value);
double bf_scale_invert      (const BfScale *self, double pixel);
/* Distance of ticks in 1-2-2.5-5 steps so that at most `most` fall into low … high. */
double bf_ticks_step        (double low, double high, guint most);
/* 1, 2, 4, 8 …: decades between labels at least `nearest` px apart. */
int    bf_ticks_decades     (double low, double high, double length, double nearest);
/* The smallest nice number (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10ⁿ) at or above value. */
double bf_nice_above        (double value);

/* Ticks, numbers and name of a horizontal axis below `rect`; ticks stand at least `least` apart
 * (1: whole numbers). */
void bf_draw_axis_x         (BfDraw *self, const BfRect *rect, const BfScale *scale, double least, const char *name);
/* Grid lines and numbers left of `rect` of a linear scale; percent: shares as "20 %". */
void bf_draw_axis_y         (BfDraw *self, const BfRect *rect, const BfScale *scale, gboolean percent);
/* Grid lines and powers of ten left of `rect`, of log10 values. */
void bf_draw_axis_log_y     (BfDraw *self, const BfRect *rect, const BfScale *scale);
/* The decade color bar as a horizontal axis: bar at y, ticks and name beneath. scale in log10;
 * fitted: all colors over these decades; over: width of the over-range piece after a 3 px gap, 0 for none. */
void bf_draw_magnitude_bar  (BfDraw *self, const BfScale *scale, gboolean fitted, double y, double over, const char *name);

/* Names of the weighted layers as the window writes them: "Dense 3", "Output". */
const char *bf_layer_name   (const BfPlan *plan, guint weighted);
/* One name every 1, 2, 5, 10 … rows, so that they stand at least `nearest` px apart. */
guint  bf_label_stride      (guint n, double pitch, double nearest);
/* Whether row i of n is named at that stride: the first, the last and every stride-th. */
gboolean bf_label_shown     (guint i, guint n, guint stride);

/* Rows of equal height filling a rectangle, a gap between them, edges on whole pixels. */
typedef struct
{
  BfRect rect;
  guint n;
  double pitch, gap;
} BfRows;

void   bf_rows_init         (BfRows *self, BfDraw *draw, const BfRect *rect, guint n);
double bf_rows_get_center   (const BfRows *self, guint i);
BfRect bf_rows_get_rect     (const BfRows *self, guint i);
/* The row at y; FALSE outside. */
gboolean bf_rows_find       (const BfRows *self, double y, guint *i);
/* Layer names left of the rows, thinned; `selected` in ink 600 (-1: none). */
void   bf_draw_row_names    (BfDraw *self, const BfRows *rows, const BfPlan *plan, int selected);
/* Room that these names take, with their gap; 0 in a picture too narrow for them. */
double bf_draw_row_names_width (BfDraw *self, const BfPlan *plan);
/* The same of rows that are not those of one network. */
void   bf_draw_names        (BfDraw *self, const BfRows *rows, const char *const *names, guint n, int selected);
double bf_draw_names_width  (BfDraw *self, const char *const *names, guint n);

/* The read-out: title, then up to n name-value lines, beside (x, y), never over y0 … y1, inside `area`. */
void bf_draw_card           (BfDraw *self, const BfRect *area, double x, double y0, double y1, const char *title,
                             const char *const *names, const char *const *values, guint n);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfDraw, bf_draw_clear)

G_END_DECLS
