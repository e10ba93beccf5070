/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-figure-choices.h"

#include <glib/gi18n-lib.h>

typedef struct { const char *id, *name; double width, height; } Choice;

static const Choice sizes[] = {
  { "own", N_("Figure’s Own"), 0, 0 },
  { "slide-wide", N_("Slide, 16 : 9"), 1280, 720 },
  { "slide", N_("Slide, 4 : 3"), 960, 720 },
  { "column", N_("Paper, Column"), 340, 255 },
  { "page", N_("Paper, Page Width"), 680, 420 },
  { "poster", N_("Poster"), 1680, 1050 },
};

static const Choice styles[BF_N_THEMES] = {
  [BF_THEME_LIGHT] = { "light", N_("Light") },
  [BF_THEME_DARK] = { "dark", N_("Dark") },
  [BF_THEME_PRINT] = { "print", N_("Print") },
};

static guint
count (BfFigureChoice choice)
{
  return choice == BF_CHOICE_FORMAT ? BF_N_FORMATS : choice == BF_CHOICE_SIZE ? G_N_ELEMENTS (sizes) : BF_N_THEMES;
}

const char *
bf_figure_choice_get_id (BfFigureChoice choice,
                         guint          place)
{
  g_return_val_if_fail (place < count (choice), NULL);

  if (choice == BF_CHOICE_FORMAT)
    return bf_formats ()[place]->id;
  return choice == BF_CHOICE_SIZE ? sizes[place].id : styles[place].id;
}

guint
bf_figure_choice_find (BfFigureChoice  choice,
                       const char     *id)
{
  for (guint i = 0; i < count (choice); i++)
    if (g_strcmp0 (bf_figure_choice_get_id (choice, i), id) == 0)
      return i;
  return 0;
}

GtkStringList *
bf_figure_choice_list (BfFigureChoice choice)
{
  GtkStringList *list = gtk_string_list_new (NULL);

  for (guint i = 0; i < count (choice); i++)
    gtk_string_list_append (list, choice == BF_CHOICE_FORMAT ? bf_kind_get_name (bf_formats ()[i])
                                  : choice == BF_CHOICE_SIZE ? _(sizes[i].name) : _(styles[i].name));
  return list;
}

void
bf_figure_size_get (guint   place,
                    double *width,
                    double *height)
{
  const Choice *size = &sizes[MIN (place, G_N_ELEMENTS (sizes) - 1)];

  *width = size->width;
  *height = size->height;
}
