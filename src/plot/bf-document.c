/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Everything added becomes pieces: a line of a text, some lines of a table's row, a figure. A piece is
 * never broken; one that is kept with the next moves to the next page with it. Pages are then filled
 * from the top.
 */
#include "bf-document-private.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <math.h>

#include "bf-carry.h"

#define FONTS "Adwaita Sans, Inter, Cantarell, sans-serif"
#define MM (72 / 25.4)

static const struct { double width, height; } papers[BF_N_PAPERS] = {
  [BF_PAPER_A4] = { 210 * MM, 297 * MM },
  [BF_PAPER_LETTER] = { 612, 792 },
};

const BfDocumentFont bf_document_fonts[BF_N_DOCUMENT_FONTS] = {
  [BF_DOCUMENT_TITLE]      = { 20, TRUE, BF_ROLE_INK, 0, TRUE },
  [BF_DOCUMENT_LEAD]       = { 10.5, FALSE, BF_ROLE_INK_2, 3, FALSE },
  [BF_DOCUMENT_HEADING]    = { 14, TRUE, BF_ROLE_INK, 22, TRUE },
  [BF_DOCUMENT_SUBHEADING] = { 11, TRUE, BF_ROLE_INK, 13, TRUE },
  [BF_DOCUMENT_STRONG]     = { 9.5, TRUE, BF_ROLE_INK, 9, TRUE },
  [BF_DOCUMENT_BODY]       = { 9.5, FALSE, BF_ROLE_INK, 5, FALSE },
  [BF_DOCUMENT_NOTE]       = { 8, FALSE, BF_ROLE_INK_2, 4, FALSE },
  [BF_DOCUMENT_CELL]       = { 8.5, FALSE, BF_ROLE_INK, 0, FALSE },
  [BF_DOCUMENT_HEAD_CELL]  = { 8.5, TRUE, BF_ROLE_INK_2, 0, FALSE },
  [BF_DOCUMENT_NAME_CELL]  = { 8.5, FALSE, BF_ROLE_INK_2, 0, FALSE },
};

/* glibc alone tells the size of the paper, in millimeters. */
BfPaper
bf_paper_get_default (void)
{
#ifdef _NL_PAPER_HEIGHT
  int height = GPOINTER_TO_INT (nl_langinfo (_NL_PAPER_HEIGHT));

  return height == 279 ? BF_PAPER_LETTER : BF_PAPER_A4;
#else
  return BF_PAPER_A4;
#endif
}

void
bf_paper_get_size (BfPaper paper, double *width, double *height)
{
  g_return_if_fail (paper < BF_N_PAPERS);
  *width = papers[paper].width;
  *height = papers[paper].height;
}

static void
piece_free (BfPiece *self)
{
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->xs, g_array_unref);
  g_free (self->outline);
  g_free (self);
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata (BfDocument *self, const BfDocumentInfo *info)
{
  g_autoptr (GDateTime) created = g_date_time_new_from_unix_utc (info->created);
  g_autofree char *date = created ? g_date_time_format (created, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  g_autofree char *keywords = info->experiment ? bf_carry_to_keywords (info->experiment) : NULL;

  /* Later versions may compress the metadata. */
  cairo_pdf_surface_restrict_to_version (self->surface, CAIRO_PDF_VERSION_1_4);
  cairo_pdf_surface_set_metadata (self->surface, CAIRO_PDF_METADATA_TITLE, info->title);
  cairo_pdf_surface_set_metadata (self->surface, CAIRO_PDF_METADATA_CREATOR, "Backflow " BF_VERSION);
  if (date)
    cairo_pdf_surface_set_metadata (self->surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
  if (keywords)
    cairo_pdf_surface_set_metadata (self->surface, CAIRO_PDF_METADATA_KEYWORDS, keywords);
}

static void
make_fonts (BfDocument *self, const char *family)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  self->pango = pango_cairo_create_context (self->cr);
  pango_cairo_context_set_font_options (self->pango, options);
  pango_cairo_context_set_resolution (self->pango, 72);
  pango_context_set_round_glyph_positions (self->pango, FALSE);
  cairo_font_options_destroy (options);
  for (guint i = 0; i < BF_N_DOCUMENT_FONTS; i++)
    {
      self->fonts[i] = pango_font_description_new ();
      pango_font_description_set_family (self->fonts[i], family && *family ? family : FONTS);
      pango_font_description_set_absolute_size (self->fonts[i], bf_document_fonts[i].size * PANGO_SCALE);
      pango_font_description_set_weight (self->fonts[i], bf_document_fonts[i].bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    }
}

BfDocument *
bf_document_new (const BfDocumentInfo *info)
{
  BfDocument *self = g_new0 (BfDocument, 1);

  bf_paper_get_size (info->paper, &self->page_width, &self->page_height);
  self->left = 20 * MM;
  self->top = 18 * MM;
  self->width = self->page_width - 2 * self->left;
  self->height = self->page_height - self->top - 22 * MM;
  self->right_to_left = info->right_to_left;
  self->footer = g_strdup (info->footer);
  self->out = g_byte_array_new ();
  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) piece_free);
  self->surface = cairo_pdf_surface_create_for_stream (append, self->out, self->page_width, self->page_height);
  self->cr = cairo_create (self->surface);
  bf_style_init (&self->style, BF_THEME_PRINT);
  self->style.font = info->font;
  self->style.right_to_left = info->right_to_left;
  make_fonts (self, info->font);
  set_metadata (self, info);
  return self;
}

void
bf_document_free (BfDocument *self)
{
  g_clear_pointer (&self->pieces, g_ptr_array_unref);
  for (guint i = 0; i < BF_N_DOCUMENT_FONTS; i++)
    g_clear_pointer (&self->fonts[i], pango_font_description_free);
  g_clear_object (&self->pango);
  g_clear_pointer (&self->cr, cairo_destroy);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_free (self->footer);
  g_free (self);
}

BfPiece *
bf_document_add_piece (BfDocument *self, double before, double height)
{
  BfPiece *piece = g_new0 (BfPiece, 1);

  piece->before = before;
  piece->height = height;
  piece->breaks = self->break_next;
  self->break_next = FALSE;
  g_ptr_array_add (self->pieces, piece);
  return piece;
}

PangoLayout *
bf_document_layout (BfDocument *self, guint font, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (self->pango);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_font_description (layout, self->fonts[font]);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, width > 0 ? (int) (width * PANGO_SCALE) : -1);
  pango_layout_set_text (layout, text ? text : "", -1);
  return layout;
}

/* The lines of a text hold its layout, through `lines`. */
void
bf_piece_take_line (BfPiece *self, PangoLayout *layout, int line, double x, guint font)
{
  const BfLine placed = { x, line, font };

  if (!self->lines)
    {
      self->lines = g_ptr_array_new_with_free_func (g_object_unref);
      self->xs = g_array_new (FALSE, FALSE, sizeof (BfLine));
    }
  g_ptr_array_add (self->lines, g_object_ref (layout));
  g_array_append_val (self->xs, placed);
}

double
bf_document_get_pitch (guint font)
{
  return 1.36 * bf_document_fonts[font].size;
}

void
bf_document_add_text (BfDocument *self, BfDocumentText how, const char *text)
{
  const BfDocumentFont *font = &bf_document_fonts[how];
  g_autoptr (PangoLayout) layout = NULL;
  int n;

  g_return_if_fail (how < BF_N_DOCUMENT_TEXTS);
  if (!text || !*text)
    return;
  layout = bf_document_layout (self, how, text, self->width);
  n = pango_layout_get_line_count (layout);
  for (int i = 0; i < n; i++)
    {
      BfPiece *piece = bf_document_add_piece (self, i == 0 ? font->before : 0, bf_document_get_pitch (how));

      bf_piece_take_line (piece, layout, i, self->right_to_left ? NAN : 0, how);
      /* No line of a paragraph alone on a page. */
      piece->keep = font->keep || i == 0 || i == n - 2;
      if (i == n - 1)
        piece->keep = font->keep;
      if (i == 0 && (how == BF_DOCUMENT_HEADING || how == BF_DOCUMENT_SUBHEADING))
        {
          piece->outline = g_strdup (text);
          piece->outline_level = how == BF_DOCUMENT_HEADING ? 0 : 1;
        }
    }
}

void
bf_document_break_page (BfDocument *self)
{
  self->break_next = TRUE;
}

/* The name stands here where the title is another one, or there is nothing else to say. */
static char *
make_caption (guint number, const char *name, gboolean titled, const char *reading)
{
  if (!reading || !*reading)
    /* Translators: below a figure in a report: its number and its name, or how to read it. */
    return g_strdup_printf (_("Figure %u. %s"), number, name);
  if (!titled)
    return g_strdup_printf (_("Figure %u. %s"), number, _(reading));
  /* Translators: below a figure in a report: its number, its name, how to read it. */
  return g_strdup_printf (_("Figure %u, %s. %s"), number, name, _(reading));
}

void
bf_document_add_figure (BfDocument *self, const BfFigure *figure, const BfFigureData *data, const char *reading)
{
  double scale = self->width / BF_DOCUMENT_FIGURE_WIDTH;
  double height = figure->height * BF_DOCUMENT_FIGURE_WIDTH / figure->width * scale;
  g_autofree char *caption = NULL;
  BfPiece *piece = bf_document_add_piece (self, 14, MIN (height, self->height - 60));

  self->n_figures++;
  piece->keep = TRUE;
  piece->figure = figure;
  piece->data = *data;
  piece->outline = g_strdup (bf_kind_get_name (&figure->kind));
  piece->outline_level = 1;
  caption = make_caption (self->n_figures, bf_kind_get_name (&figure->kind), data->title != NULL, reading);
  bf_document_add_text (self, BF_DOCUMENT_NOTE, caption);
}
