/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One figure in four formats. Bytes depend on what is drawn alone: no time, no file names.
 */
#include "bf-export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "bf-carry.h"
#include "bf-draw.h"
#include "bf-png.h"

/* cairo's own limit for images, and what still fits into memory. */
#define MOST_PIXELS_A_SIDE 32000
#define MOST_PIXELS 250e6

static const BfKind formats[BF_N_FORMATS] = {
  [BF_FORMAT_PNG] = { "png", N_("PNG"), N_("Pixels, for slides and documents") },
  [BF_FORMAT_SVG] = { "svg", N_("SVG"), N_("Lines, for the web and for editing") },
  [BF_FORMAT_PDF] = { "pdf", N_("PDF"), N_("Lines and text, for papers") },
  [BF_FORMAT_CSV] = { "csv", N_("CSV"), N_("The numbers of the figure, as a table") },
};

const BfKind *const *
bf_formats (void)
{
  static const BfKind *const table[] = {
    &formats[BF_FORMAT_PNG], &formats[BF_FORMAT_SVG], &formats[BF_FORMAT_PDF], &formats[BF_FORMAT_CSV], NULL,
  };

  return table;
}

void
bf_export_options_init (BfExportOptions *self, BfFormat format)
{
  *self = (BfExportOptions) { .format = format, .dpi = 192 };
}

typedef struct
{
  const BfFigure *figure;
  const BfStyle *style;
  const BfFigureData *data;
  const char *experiment;   /* or NULL */
  double width, height;     /* logical pixels */
  double scale;             /* pixels of a PNG a logical pixel */
} BfExport;

static gboolean
check_surface (cairo_surface_t *surface, cairo_t *cr, GError **error)
{
  cairo_status_t status = cairo_status (cr);

  status = status ? status : cairo_surface_status (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("The picture could not be drawn: %s. Choose a smaller size."),
               cairo_status_to_string (status));
  return FALSE;
}

static GBytes *
export_png (const BfExport *self, GError **error)
{
  double across = round (self->width * self->scale), down = round (self->height * self->scale);
  cairo_surface_t *surface;
  cairo_t *cr;
  GBytes *bytes = NULL;

  if (across > MOST_PIXELS_A_SIDE || down > MOST_PIXELS_A_SIDE || across * down > MOST_PIXELS)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   _("A picture of %.0f × %.0f pixels is too large. Choose fewer dots per inch or a smaller size."),
                   across, down);
      return NULL;
    }
  surface = cairo_image_surface_create (self->style->transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
                                        (int) MAX (1, across), (int) MAX (1, down));
  cr = cairo_create (surface);
  cairo_scale (cr, self->scale, self->scale);
  bf_figure_draw (self->figure, cr, self->width, self->height, self->style, self->data);
  if (check_surface (surface, cr, error))
    bytes = bf_png_write (surface, self->scale * 96, self->experiment, error);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return bytes;
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Draws and ends the surface, whose bytes are then in `out`. Takes the surface. */
static gboolean
draw_on (const BfExport *self, cairo_surface_t *surface, double scale, GError **error)
{
  cairo_t *cr = cairo_create (surface);
  gboolean good;

  cairo_scale (cr, scale, scale);
  bf_figure_draw (self->figure, cr, self->width, self->height, self->style, self->data);
  cairo_show_page (cr);
  good = check_surface (surface, cr, error);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  return good;
}

static GBytes *
export_svg (const BfExport *self, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree char *words = self->figure->describe ? self->figure->describe (self->data) : NULL;
  g_autofree char *title = bf_figure_get_title (self->figure, self->data);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, out, self->width, self->height);

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  if (!draw_on (self, surface, 1, error))
    return NULL;
  return bf_carry_into_svg (out, title, words, self->experiment);
}

static GBytes *
export_pdf (const BfExport *self, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree char *keywords = self->experiment ? bf_carry_to_keywords (self->experiment) : NULL;
  g_autofree char *title = bf_figure_get_title (self->figure, self->data);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, out, self->width * 0.75, self->height * 0.75);

  /* Later versions may compress the metadata. */
  cairo_pdf_surface_restrict_to_version (surface, CAIRO_PDF_VERSION_1_4);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Backflow");
  /* Always the same, so that the same figure gives the same bytes. */
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
  if (keywords)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_KEYWORDS, keywords);
  if (!draw_on (self, surface, 0.75, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
export_csv (const BfExport *self, GError **error)
{
  GString *out = g_string_new (NULL);

  self->figure->csv (out, self->data);
  return g_string_free_to_bytes (out);
}

static GBytes *(*const exporters[BF_N_FORMATS]) (const BfExport *, GError **) = {
  [BF_FORMAT_PNG] = export_png,
  [BF_FORMAT_SVG] = export_svg,
  [BF_FORMAT_PDF] = export_pdf,
  [BF_FORMAT_CSV] = export_csv,
};

GBytes *
bf_export_to_bytes (const BfFigure *figure, const BfStyle *style, const BfFigureData *data,
                    const BfExportOptions *options, GError **error)
{
  BfExport self = {
    .figure = figure, .style = style, .data = data, .experiment = options->experiment,
    .width = options->width > 0 ? options->width : figure->width,
    .height = options->height > 0 ? options->height : figure->height,
    .scale = (options->dpi > 0 ? options->dpi : 96) / 96,
  };

  g_return_val_if_fail (options->format < BF_N_FORMATS, NULL);
  if (!(self.width >= 1 && self.width <= MOST_PIXELS_A_SIDE && self.height >= 1 && self.height <= MOST_PIXELS_A_SIDE
        && self.scale >= 0.01 && self.scale <= 100))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   _("A picture of %g × %g at %g dots per inch cannot be made. Sizes from 1 to %d are possible."),
                   self.width, self.height, self.scale * 96, MOST_PIXELS_A_SIDE);
      return NULL;
    }
  return exporters[options->format] (&self, error);
}

gboolean
bf_export_to_file (const BfFigure *figure, const BfStyle *style, const BfFigureData *data,
                   const BfExportOptions *options, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = bf_export_to_bytes (figure, style, data, options, error);
  gsize size;
  const char *content;

  if (!bytes)
    return FALSE;
  content = g_bytes_get_data (bytes, &size);
  return g_file_set_contents (path, content, (gssize) size, error);
}
