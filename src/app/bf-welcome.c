/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-welcome.h"

#include "../lab/bf-file.h"
#include "../plot/bf-colormap.h"
#include "../plot/bf-style.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _BfWelcome
{
  GtkBox parent_instance;

  GtkMenuButton *menu_button;
  GtkLabel *laboratory_sentence;
  GtkWidget *laboratory_picture;
  GtkWidget *remedies_picture;
  GtkWidget *file_picture;
  GtkWidget *experiments;
  GtkWidget *show_all;
  GtkListBox *list;
};

static guint begin;

G_DEFINE_FINAL_TYPE (BfWelcome, bf_welcome, GTK_TYPE_BOX)

/* Shown at once; the others with Show All. */
static const char *const first[] = { "t2-sigmoid", "t2-exploding", "spiral", NULL };

static void
init_style (BfStyle *style)
{
  bf_style_init (style, adw_style_manager_get_dark (adw_style_manager_get_default ()) ? BF_THEME_DARK : BF_THEME_LIGHT);
}

static void
set_color (cairo_t *cr,
           BfColor  color)
{
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
}

/* The gradient that fades from layer to layer, as the heatmap has it. */
static void
draw_laboratory (GtkDrawingArea *area,
                 cairo_t        *cr,
                 int             width,
                 int             height,
                 gpointer        data)
{
  const int rows = 8;
  for (int row = 0; row < rows; row++)
    {
      set_color (cr, bf_colormap_magnitude (-7 + row));
      cairo_rectangle (cr, 0, row * height / rows, width, (row + 1) * height / rows - row * height / rows - 1);
      cairo_fill (cr);
    }
}

/* Curves that rise, each in its family's color, over one that does not. */
static void
draw_remedies (GtkDrawingArea *area,
               cairo_t        *cr,
               int             width,
               int             height,
               gpointer        data)
{
  static const struct { BfFamily family; double rise; } curves[] = {
    { BF_FAMILY_BASELINE, 0 }, { BF_FAMILY_ACTIVATION, 2.4 }, { BF_FAMILY_NORMALIZATION, 6 }, { BF_FAMILY_SKIP, 4 },
  };
  BfStyle style;

  init_style (&style);
  cairo_set_line_width (cr, 2);
  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      cairo_new_path (cr);
      for (int x = 2; x <= width - 2; x += 2)
        cairo_line_to (cr, x, height - 4 - (height - 10) * (1 - exp (-curves[i].rise * x / width)));
      set_color (cr, bf_style_get_family (&style, curves[i].family));
      cairo_stroke (cr);
    }
}

static void
draw_file (GtkDrawingArea *area,
           cairo_t        *cr,
           int             width,
           int             height,
           gpointer        data)
{
  BfStyle style;
  GdkRGBA ink;

  init_style (&style);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &ink);
  for (int sheet = 0; sheet < 3; sheet++)
    {
      double x = width / 2.0 - 50 + sheet * 21, y = 4 + sheet * 6, w = 60, h = height - 22;

      cairo_rectangle (cr, x + 0.5, y + 0.5, w, h);
      set_color (cr, bf_style_get_color (&style, BF_ROLE_SURFACE));
      cairo_fill_preserve (cr);
      cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.35);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
      if (sheet < 2)
        continue;
      cairo_move_to (cr, x + 10, y + 12);
      cairo_curve_to (cr, x + 18, y + h - 18, x + 34, y + h - 16, x + w - 9, y + h - 14);
      set_color (cr, bf_style_get_color (&style, BF_ROLE_ACCENT));
      cairo_set_line_width (cr, 2);
      cairo_stroke (cr);
    }
}

static void
tell (BfWelcome  *self,
      const char *way)
{
  g_signal_emit (self, begin, 0, way);
}

static void
on_card (BfWelcome *self,
         GtkWidget *card)
{
  tell (self, gtk_buildable_get_buildable_id (GTK_BUILDABLE (card)));
}

static void
on_row (BfWelcome     *self,
        GtkListBoxRow *row)
{
  tell (self, gtk_widget_get_name (GTK_WIDGET (row)));
}

static void
on_show_all (BfWelcome *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row; row = gtk_widget_get_next_sibling (row))
    gtk_widget_set_visible (row, TRUE);
  gtk_widget_set_visible (self->show_all, FALSE);
}

static void
welcome_add_example (BfWelcome       *self,
                     const BfExample *example)
{
  GtkWidget *row = adw_action_row_new ();

  g_object_set (row, "title", example->name, "subtitle", example->summary, "use-markup", FALSE,
                "activatable", TRUE, "visible", g_strv_contains (first, example->id), NULL);
  gtk_widget_set_name (row, example->id);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_append (self->list, row);
}

/* Without the files (a broken installation) there are the cards alone. */
static void
welcome_fill (BfWelcome *self)
{
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);

  gtk_widget_set_visible (self->experiments, examples && examples->len);
  for (guint i = 0; examples && i < examples->len; i++)
    welcome_add_example (self, g_ptr_array_index (examples, i));
}

static void
bf_welcome_class_init (BfWelcomeClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  begin = g_signal_new ("begin", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/welcome.ui");
  gtk_widget_class_bind_template_child (widget, BfWelcome, menu_button);
  gtk_widget_class_bind_template_child (widget, BfWelcome, laboratory_sentence);
  gtk_widget_class_bind_template_child (widget, BfWelcome, laboratory_picture);
  gtk_widget_class_bind_template_child (widget, BfWelcome, remedies_picture);
  gtk_widget_class_bind_template_child (widget, BfWelcome, file_picture);
  gtk_widget_class_bind_template_child (widget, BfWelcome, experiments);
  gtk_widget_class_bind_template_child (widget, BfWelcome, show_all);
  gtk_widget_class_bind_template_child (widget, BfWelcome, list);
  gtk_widget_class_bind_template_callback (widget, on_card);
  gtk_widget_class_bind_template_callback (widget, on_row);
  gtk_widget_class_bind_template_callback (widget, on_show_all);
}

static void
bf_welcome_init (BfWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->laboratory_picture), draw_laboratory, NULL, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->remedies_picture), draw_remedies, NULL, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->file_picture), draw_file, NULL, NULL);
  welcome_fill (self);
}

GtkWidget *
bf_welcome_new (GMenuModel *menu)
{
  BfWelcome *self = g_object_new (BF_TYPE_WELCOME, NULL);

  gtk_menu_button_set_menu_model (self->menu_button, menu);
  return GTK_WIDGET (self);
}

void
bf_welcome_set_experiment (BfWelcome  *self,
                           const char *name)
{
  g_return_if_fail (BF_IS_WELCOME (self));

  /* Translators: an experiment's name */
  g_autofree char *back = name ? g_strdup_printf (_("Back to “%s”."), name) : NULL;
  gtk_label_set_label (self->laboratory_sentence, back ? back : _("Seven sigmoid layers on real images, ready to train."));
}
