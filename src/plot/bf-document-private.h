/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfDocument share.
 */
#pragma once

#include <pango/pangocairo.h>

#include "bf-document.h"

G_BEGIN_DECLS

/* Logical pixels that a figure is drawn for and then scaled to the width of the text, so that its smallest
 * letters are still 6 points high. */
#define BF_DOCUMENT_FIGURE_WIDTH 800.0

/* Fonts of the texts, then those of tables. */
enum { BF_DOCUMENT_CELL = BF_N_DOCUMENT_TEXTS, BF_DOCUMENT_HEAD_CELL, BF_DOCUMENT_NAME_CELL, BF_N_DOCUMENT_FONTS };

typedef struct
{
  double size;
  gboolean bold;
  BfRole color;
  double before;    /* above its first line */
  gboolean keep;    /* stays with what follows */
} BfDocumentFont;

extern const BfDocumentFont bf_document_fonts[BF_N_DOCUMENT_FONTS];

/* A line of a layout: where it begins; NaN: it ends at the end of the text. */
typedef struct
{
  double x;
  int line;
  guint font;
} BfLine;

typedef struct _BfPiece BfPiece;

struct _BfPiece
{
  double before, height;    /* the space above is left out at the head of a page */
  gboolean keep;            /* on the page of the next piece */
  gboolean breaks;          /* begins a page */
  GPtrArray *lines;         /* of PangoLayout: those that the lines are of */
  GArray *xs;               /* of BfLine, one for each of them */
  const BfFigure *figure;
  BfFigureData data;
  const BfPiece *head;      /* of the table it is a row of: repeated at the head of a page */
  gboolean rule;            /* a thin line beneath */
  gboolean strong_rule;     /* … a stronger one */
  char *outline;            /* its entry, or NULL */
  int outline_level;
};

struct _BfDocument
{
  double page_width, page_height;
  double left, top, width, height;   /* of the text */
  gboolean right_to_left;
  char *footer;
  GByteArray *out;
  cairo_surface_t *surface;
  cairo_t *cr;
  PangoContext *pango;
  PangoFontDescription *fonts[BF_N_DOCUMENT_FONTS];
  BfStyle style;
  GPtrArray *pieces;                 /* of BfPiece */
  guint n_figures;
  gboolean break_next;
  int outline_parent;                /* entry of the last heading */
};

/* A new piece at the end; owned by the document. */
BfPiece     *bf_document_add_piece (BfDocument *self, double before, double height);
/* width: 0 for one line. Transfer full. */
PangoLayout *bf_document_layout    (BfDocument *self, guint font, const char *text, double width);
void         bf_piece_take_line    (BfPiece *self, PangoLayout *layout, int line, double x, guint font);
/* From line to line. */
double       bf_document_get_pitch (guint font);

G_END_DECLS
