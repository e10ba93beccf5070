/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-combine.h"

#include <glib/gi18n-lib.h>

#include "../lab/bf-remedy.h"

struct _BfStudyCombine
{
  GtkPopover parent_instance;

  GtkListBox *list;
  GtkLabel *conflict;
  GtkWidget *add;

  GPtrArray *checks;       /* a GtkCheckButton a remedy, borrowed */
  BfStudySession *study;   /* owned */
};

enum { ADD, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfStudyCombine, bf_study_combine, GTK_TYPE_POPOVER)

/* The first that loses against another, or changes nothing. */
static char *
find_conflict (BfStudyCombine *self,
               const char     *const *ids)
{
  g_autoptr (BfSpec) spec = self->study ? bf_study_session_make_combination (self->study, ids) : NULL;

  for (guint i = 0; spec && ids[i]; i++)
    {
      g_autofree char *conflict = bf_remedy_get_conflict (spec, ids[i]);

      if (conflict)
        /* Translators: a remedy, and a sentence about it */
        return g_strdup_printf (C_("remedy: sentence", "%s: %s"), bf_kind_get_name (&bf_remedy_find (ids[i])->kind), conflict);
    }
  return NULL;
}

static void
on_picked (BfStudyCombine *self)
{
  g_auto (GStrv) ids = bf_study_combine_get_ids (self);
  g_autofree char *conflict = find_conflict (self, (const char *const *) ids);

  gtk_widget_set_sensitive (self->add, g_strv_length (ids) > 1);
  gtk_label_set_label (self->conflict, conflict ? conflict : "");
  gtk_widget_set_visible (GTK_WIDGET (self->conflict), conflict != NULL);
}

static void
on_row_activated (GtkListBox     *list,
                  GtkListBoxRow  *row,
                  BfStudyCombine *self)
{
  GtkCheckButton *check = g_ptr_array_index (self->checks, gtk_list_box_row_get_index (row));

  gtk_check_button_set_active (check, !gtk_check_button_get_active (check));
}

static void
on_add_clicked (BfStudyCombine *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[ADD], 0);
}

static void
on_shown (BfStudyCombine *self)
{
  for (guint i = 0; i < self->checks->len; i++)
    gtk_check_button_set_active (g_ptr_array_index (self->checks, i), FALSE);
  on_picked (self);
}

static void
add_remedy (BfStudyCombine *self,
            const BfKind   *remedy)
{
  const char *name = bf_kind_get_name (remedy);
  GtkWidget *check = gtk_check_button_new_with_label (name), *row = gtk_list_box_row_new ();

  gtk_widget_set_focusable (check, FALSE);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (on_picked), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), check);
  gtk_list_box_append (self->list, row);
  g_ptr_array_add (self->checks, check);
}

static void
bf_study_combine_dispose (GObject *object)
{
  BfStudyCombine *self = BF_STUDY_COMBINE (object);

  g_clear_pointer (&self->checks, g_ptr_array_unref);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (bf_study_combine_parent_class)->dispose (object);
}

static void
bf_study_combine_class_init (BfStudyCombineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_study_combine_dispose;
  signals[ADD] = g_signal_new ("add", BF_TYPE_STUDY_COMBINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/study-combine.ui");
  gtk_widget_class_bind_template_child (widget_class, BfStudyCombine, list);
  gtk_widget_class_bind_template_child (widget_class, BfStudyCombine, conflict);
  gtk_widget_class_bind_template_child (widget_class, BfStudyCombine, add);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_shown);
}

static void
bf_study_combine_init (BfStudyCombine *self)
{
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    add_remedy (self, *kind);
}

void
bf_study_combine_set_study (BfStudyCombine *self,
                            BfStudySession *study)
{
  g_return_if_fail (BF_IS_STUDY_COMBINE (self));
  g_set_object (&self->study, study);
}

GStrv
bf_study_combine_get_ids (BfStudyCombine *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; i < self->checks->len; i++)
    if (gtk_check_button_get_active (g_ptr_array_index (self->checks, i)))
      g_strv_builder_add (ids, bf_remedies ()[i]->id);
  return g_strv_builder_end (ids);
}
