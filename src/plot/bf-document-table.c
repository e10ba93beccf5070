/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Tables of a document. A column is at least as wide as its widest word or number; what room there is beyond
 * goes to cells that would wrap, then to heads that would. A row higher than half a page is broken between its lines.
 */
#include "bf-document-private.h"

#include <math.h>
#include <string.h>

#define GAP     12.0   /* between columns */
#define PADDING 2.2    /* above and below the lines of a row */

static double
get_width (PangoLayout *layout)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  return logical.width / (double) PANGO_SCALE;
}

static double
measure (BfDocument *self, guint font, const char *text)
{
  g_autoptr (PangoLayout) layout = NULL;

  if (!text || !*text)
    return 0;
  layout = bf_document_layout (self, font, text, 0);
  return ceil (get_width (layout) * 10 + 1) / 10;
}

/* The widest word, which is not to be broken. */
static double
measure_words (BfDocument *self, guint font, const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text ? text : "", " \n", -1);
  double widest = 0;

  for (guint i = 0; words[i]; i++)
    widest = MAX (widest, measure (self, font, words[i]));
  return widest;
}

static double
sum_up (const double *widths, guint n)
{
  double sum = 0;

  for (guint c = 0; c < n; c++)
    sum += widths[c];
  return sum;
}

/* Room beyond what all have goes to those that want more, each the same share of what it lacks. */
static void
share_room (double *widths, const double *wanted, guint n, double room)
{
  double lacking = sum_up (wanted, n) - sum_up (widths, n);
  double share = lacking > 0 ? CLAMP ((room - sum_up (widths, n)) / lacking, 0, 1) : 0;

  for (guint c = 0; c < n; c++)
    widths[c] += share * (wanted[c] - widths[c]);
}

static void
measure_columns (BfDocument *self, double *widths, const BfDocumentColumn *columns, guint n,
                 const char *const *cells, guint n_rows)
{
  double room = self->width - GAP * (n - 1), sum;
  g_autofree double *body = g_new0 (double, n), *whole = g_new0 (double, n);

  for (guint c = 0; c < n; c++)
    widths[c] = measure_words (self, BF_DOCUMENT_HEAD_CELL, columns[c].title);
  for (guint i = 0; i < n_rows * n; i++)
    {
      guint c = i % n;
      double cell = measure (self, BF_DOCUMENT_CELL, cells[i]);

      body[c] = MAX (body[c], cell);
      widths[c] = MAX (widths[c], columns[c].number || columns[c].whole ? cell : measure_words (self, BF_DOCUMENT_CELL, cells[i]));
    }
  for (guint c = 0; c < n; c++)
    {
      body[c] = MAX (body[c], widths[c]);
      whole[c] = MAX (body[c], measure (self, BF_DOCUMENT_HEAD_CELL, columns[c].title));
    }
  share_room (widths, body, n, room);
  share_room (widths, whole, n, room);
  /* Where single words are too wide, all columns shrink, and words break. */
  sum = sum_up (widths, n);
  for (guint c = 0; c < n && sum > room; c++)
    widths[c] *= room / sum;
}

typedef struct
{
  BfDocument *document;
  const BfDocumentColumn *columns;
  guint n;
  double *widths;
  const BfPiece *head;
} Table;

/* Where a line of the column begins on the page. */
static double
place_line (const Table *self, guint column, PangoLayout *layout, int line)
{
  PangoRectangle logical;
  double x = 0, width;
  gboolean end = self->columns[column].number != self->document->right_to_left;

  pango_layout_line_get_extents (pango_layout_get_line_readonly (layout, line), NULL, &logical);
  width = logical.width / (double) PANGO_SCALE;
  for (guint c = 0; c < column; c++)
    x += self->widths[c] + GAP;
  if (self->document->right_to_left)
    x = self->document->width - x - self->widths[column];
  return end ? x + self->widths[column] - width : x;
}

/* Lines first … last − 1 of a row, as one piece. */
static BfPiece *
add_lines (const Table *self, PangoLayout **layouts, guint font, int first, int last, double before)
{
  double pitch = bf_document_get_pitch (font);
  BfPiece *piece = bf_document_add_piece (self->document, before, pitch * (last - first) + 2 * PADDING);

  for (int line = first; line < last; line++)
    for (guint c = 0; c < self->n; c++)
      if (line < pango_layout_get_line_count (layouts[c]))
        bf_piece_take_line (piece, layouts[c], line, place_line (self, c, layouts[c], line),
                            self->columns[c].dim ? BF_DOCUMENT_NAME_CELL : font);
  piece->head = self->head;
  return piece;
}

static BfPiece *
add_row (const Table *self, const char *const *cells, guint font, double before)
{
  g_autofree PangoLayout **layouts = g_new0 (PangoLayout *, self->n);
  int most = MAX (2, (int) (self->document->height / 2 / bf_document_get_pitch (font))), lines = 1;
  BfPiece *piece = NULL;

  for (guint c = 0; c < self->n; c++)
    {
      layouts[c] = bf_document_layout (self->document, font, cells[c], self->widths[c]);
      lines = MAX (lines, pango_layout_get_line_count (layouts[c]));
    }
  for (int first = 0; first < lines; first += most)
    piece = add_lines (self, layouts, font, first, MIN (lines, first + most), first == 0 ? before : 0);
  for (guint c = 0; c < self->n; c++)
    g_object_unref (layouts[c]);
  return piece;
}

static BfPiece *
add_head (const Table *self)
{
  g_autofree const char **titles = g_new0 (const char *, self->n);
  gboolean titled = FALSE;
  BfPiece *head;

  for (guint c = 0; c < self->n; c++)
    {
      titles[c] = self->columns[c].title;
      titled |= titles[c] != NULL;
    }
  if (!titled)
    return NULL;
  head = add_row (self, titles, BF_DOCUMENT_HEAD_CELL, 7);
  head->strong_rule = TRUE;
  head->keep = TRUE;
  return head;
}

void
bf_document_add_table (BfDocument *self, const BfDocumentColumn *columns, guint n_columns,
                       const char *const *cells, guint n_rows)
{
  g_autofree double *widths = g_new0 (double, n_columns);
  Table table = { self, columns, n_columns, widths, NULL };

  if (n_rows == 0 || n_columns == 0)
    return;
  measure_columns (self, widths, columns, n_columns, cells, n_rows);
  table.head = add_head (&table);
  for (guint r = 0; r < n_rows; r++)
    {
      BfPiece *piece = add_row (&table, cells + r * n_columns, BF_DOCUMENT_CELL, r == 0 && !table.head ? 7 : 0);

      piece->rule = TRUE;
      /* The first two and the last two rows together. */
      piece->keep = n_rows > 1 && (r == 0 || r + 2 == n_rows);
    }
}
