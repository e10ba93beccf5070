/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A document's pieces on its pages.
 */
#include "bf-document-private.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <math.h>

/* Of its height, a figure may lose so much to stay on a page. */
#define LEAST_FIGURE 0.84

typedef struct
{
  guint page;       /* from 0 */
  double y;         /* of its top */
  gboolean headed;  /* its table's head stands above it once more */
} Place;

static BfPiece *
get_piece (const BfDocument *self, guint i)
{
  return g_ptr_array_index (self->pieces, i);
}

/* The pieces from `first` that stay together: how many, and how high they are. */
static guint
measure_group (const BfDocument *self, guint first, double *height)
{
  guint n = 0;

  *height = 0;
  for (guint i = first; i < self->pieces->len; i++)
    {
      const BfPiece *piece = get_piece (self, i);

      if (i > first && piece->breaks)
        break;
      *height += piece->height + (i > first ? piece->before : 0);
      n++;
      if (!piece->keep)
        break;
    }
  return n;
}

/* A figure that would leave a page half empty gets a little smaller. */
static gboolean
shrink_figure (const BfDocument *self, guint i, double height, double room)
{
  BfPiece *piece = get_piece (self, i);
  double smaller = piece->height - (height - room);

  if (!piece->figure || smaller < LEAST_FIGURE * piece->height)
    return FALSE;
  piece->height = smaller;
  return TRUE;
}

/* Places of all pieces; the number of pages. */
static guint
place_pieces (const BfDocument *self, Place *places)
{
  double y = 0;
  guint page = 0;

  for (guint i = 0; i < self->pieces->len;)
    {
      double height;
      guint n = measure_group (self, i, &height);
      const BfPiece *first = get_piece (self, i);
      gboolean fits = y + (y > 0 ? first->before : 0) + height <= self->height;

      if (y > 0 && !first->breaks && !fits && shrink_figure (self, i, height, self->height - y - first->before))
        fits = TRUE;
      if (y > 0 && (first->breaks || !fits))
        {
          page++;
          y = 0;
        }
      /* A group too high for a page is not kept together. */
      if (height + (first->head ? first->head->height : 0) > self->height)
        n = 1;
      for (guint k = i; k < i + n; k++)
        {
          const BfPiece *piece = get_piece (self, k);
          gboolean head = y == 0 && piece->head;

          y += head ? piece->head->height : y > 0 ? piece->before : 0;
          places[k] = (Place) { page, self->top + y, head };
          y += piece->height;
        }
      i += n;
    }
  return page + 1;
}

static void
set_color (const BfDocument *self, BfRole role)
{
  BfColor color = bf_style_get_color (&self->style, role);

  cairo_set_source_rgba (self->cr, color.r, color.g, color.b, color.a);
}

static void
draw_line_of_text (const BfDocument *self, PangoLayout *layout, const BfLine *line, double y, double pitch)
{
  PangoLayoutLine *text = pango_layout_get_line_readonly (layout, line->line);
  double size = bf_document_fonts[line->font].size, x = line->x;

  if (isnan (x))
    {
      PangoRectangle logical;

      pango_layout_line_get_extents (text, NULL, &logical);
      x = self->width - logical.width / (double) PANGO_SCALE;
    }
  set_color (self, bf_document_fonts[line->font].color);
  /* Digits are 0.73 of the size high: the baseline that has them in the middle of the line. */
  cairo_move_to (self->cr, self->left + x, y + pitch / 2 + 0.363 * size);
  pango_cairo_show_layout_line (self->cr, text);
  cairo_new_path (self->cr);
}

static void
draw_lines (const BfDocument *self, const BfPiece *piece, double y)
{
  const BfLine *lines = (const BfLine *) (void *) piece->xs->data;
  double pitch = bf_document_get_pitch (lines[0].font), used = 0;
  int first = lines[0].line, last = first;

  for (guint i = 0; i < piece->xs->len; i++)
    last = MAX (last, lines[i].line);
  used = pitch * (last - first + 1);
  for (guint i = 0; i < piece->xs->len; i++)
    draw_line_of_text (self, g_ptr_array_index (piece->lines, i), &lines[i],
                       y + (piece->height - used) / 2 + pitch * (lines[i].line - first), pitch);
}

static void
draw_rule (const BfDocument *self, double y, double width, BfRole role)
{
  set_color (self, role);
  cairo_set_line_width (self->cr, width);
  cairo_move_to (self->cr, self->left, y);
  cairo_line_to (self->cr, self->left + self->width, y);
  cairo_stroke (self->cr);
}

static void
draw_figure (const BfDocument *self, const BfPiece *piece, double y)
{
  double whole = piece->figure->height * BF_DOCUMENT_FIGURE_WIDTH / piece->figure->width;
  double scale = MIN (self->width / BF_DOCUMENT_FIGURE_WIDTH, piece->height / whole);

  cairo_save (self->cr);
  cairo_translate (self->cr, self->left + (self->width - scale * BF_DOCUMENT_FIGURE_WIDTH) / 2, y);
  cairo_scale (self->cr, scale, scale);
  bf_figure_draw (piece->figure, self->cr, BF_DOCUMENT_FIGURE_WIDTH, whole, &self->style, &piece->data);
  cairo_restore (self->cr);
}

static void
draw_piece (const BfDocument *self, const BfPiece *piece, double y)
{
  if (piece->lines)
    draw_lines (self, piece, y);
  if (piece->figure)
    draw_figure (self, piece, y);
  if (piece->rule || piece->strong_rule)
    draw_rule (self, y + piece->height, piece->strong_rule ? 0.8 : 0.4, piece->strong_rule ? BF_ROLE_AXIS : BF_ROLE_GRID);
}

static void
add_outline (BfDocument *self, const BfPiece *piece, const Place *place)
{
  g_autofree char *where = NULL;
  char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];
  int parent = piece->outline_level > 0 ? self->outline_parent : CAIRO_PDF_OUTLINE_ROOT, id;

  g_ascii_formatd (x, sizeof x, "%.1f", 0);
  g_ascii_formatd (y, sizeof y, "%.1f", MAX (0, place->y - 8));
  where = g_strdup_printf ("page=%u pos=[%s %s]", place->page + 1, x, y);
  id = cairo_pdf_surface_add_outline (self->surface, parent, piece->outline, where,
                                      piece->outline_level == 0 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
  if (piece->outline_level == 0)
    self->outline_parent = id;
}

static void
draw_footer (BfDocument *self, guint page, guint n_pages)
{
  /* Translators: at the foot of a page: its number, how many there are. */
  g_autofree char *number = g_strdup_printf (_("Page %u of %u"), page + 1, n_pages);
  const char *texts[] = { self->footer, number };
  double y = self->page_height - 12 * 72 / 25.4;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (PangoLayout) layout = bf_document_layout (self, BF_DOCUMENT_NOTE, texts[i], 0);
      gboolean end = (i == 1) != self->right_to_left;
      BfLine line = { end ? NAN : 0, 0, BF_DOCUMENT_NOTE };

      if (!end)
        {
          pango_layout_set_width (layout, (int) (self->width * 0.8 * PANGO_SCALE));
          pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
        }
      draw_line_of_text (self, layout, &line, y, bf_document_get_pitch (BF_DOCUMENT_NOTE));
    }
}

GBytes *
bf_document_print (BfDocument *self, guint *n_pages, GError **error)
{
  g_autofree Place *places = g_new0 (Place, self->pieces->len);
  guint pages = self->pieces->len > 0 ? place_pieces (self, places) : 0;
  cairo_status_t status;

  self->outline_parent = CAIRO_PDF_OUTLINE_ROOT;
  for (guint page = 0, i = 0; page < pages; page++)
    {
      for (; i < self->pieces->len && places[i].page == page; i++)
        {
          const BfPiece *piece = get_piece (self, i);

          if (places[i].headed)
            draw_piece (self, piece->head, places[i].y - piece->head->height);
          draw_piece (self, piece, places[i].y);
          if (piece->outline)
            add_outline (self, piece, &places[i]);
        }
      draw_footer (self, page, pages);
      cairo_show_page (self->cr);
    }
  status = cairo_status (self->cr);
  cairo_surface_finish (self->surface);
  status = status ? status : cairo_surface_status (self->surface);
  if (n_pages)
    *n_pages = pages;
  if (status == CAIRO_STATUS_SUCCESS)
    return g_bytes_new (self->out->data, self->out->len);
  g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("The pages could not be drawn: %s."), cairo_status_to_string (status));
  return NULL;
}
