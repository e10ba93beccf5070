/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-remedy-pane.h"

#include <glib/gi18n-lib.h>

#include "bf-remedy-row.h"
#include "bf-throttle.h"

struct _BfRemedyPane
{
  GtkBox parent_instance;

  GtkLabel *badge;
  GtkListBox *list;

  BfSession *session;   /* owned */
  BfThrottle results;
};

G_DEFINE_FINAL_TYPE (BfRemedyPane, bf_remedy_pane, GTK_TYPE_BOX)

static void
on_row_activated (GtkListBox    *list,
                  GtkListBoxRow *row,
                  BfRemedyPane  *self)
{
  bf_remedy_row_set_expanded (BF_REMEDY_ROW (row), !bf_remedy_row_get_expanded (BF_REMEDY_ROW (row)));
}

static void
on_spec_changed (BfRemedyPane *self)
{
  const BfSpec *spec = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  g_autofree char *text = NULL;
  guint on = 0;

  for (guint i = 0; i < spec->remedies->len; i++)
    on += ((BfRemedySetting *) g_ptr_array_index (spec->remedies, i))->on != FALSE;
  /* Translators: how many remedies are switched on */
  text = g_strdup_printf (ngettext ("%u on", "%u on", on), on);
  gtk_label_set_label (self->badge, text);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), on > 0);
}

static void
update_results (gpointer data)
{
  BfRemedyPane *self = data;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    bf_remedy_row_update_results (BF_REMEDY_ROW (row));
}

static void
on_updated (BfRemedyPane *self)
{
  bf_throttle_call (&self->results);
}

static void
bf_remedy_pane_dispose (GObject *object)
{
  BfRemedyPane *self = BF_REMEDY_PANE (object);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  bf_throttle_clear (&self->results);
  G_OBJECT_CLASS (bf_remedy_pane_parent_class)->dispose (object);
}

static void
bf_remedy_pane_class_init (BfRemedyPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_remedy_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/remedy-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, BfRemedyPane, badge);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyPane, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
bf_remedy_pane_init (BfRemedyPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->results, 2, update_results, self);
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    gtk_list_box_append (self->list, bf_remedy_row_new ((const BfRemedy *) *kind));
}

void
bf_remedy_pane_set_session (BfRemedyPane *self,
                            BfSession    *session)
{
  GtkListBoxRow *row;

  g_return_if_fail (BF_IS_REMEDY_PANE (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    bf_remedy_row_set_session (BF_REMEDY_ROW (row), session);
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (g_set_object (&self->session, session) && session)
    {
      g_signal_connect_swapped (session, "spec-changed", G_CALLBACK (on_spec_changed), self);
      g_signal_connect_swapped (session, "updated", G_CALLBACK (on_updated), self);
      g_signal_connect_swapped (session, "run-changed", G_CALLBACK (on_updated), self);
      on_spec_changed (self);
      on_updated (self);
    }
}

void
bf_remedy_pane_show (BfRemedyPane *self,
                     const char   *id)
{
  GtkListBoxRow *row;

  g_return_if_fail (BF_IS_REMEDY_PANE (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_str_equal (bf_remedy_row_get_id (BF_REMEDY_ROW (row)), id))
      {
        bf_remedy_row_set_expanded (BF_REMEDY_ROW (row), TRUE);
        gtk_widget_grab_focus (GTK_WIDGET (row));
      }
}

static void
on_diagnosed (BfSessionDiagnosis *diagnosis,
              BfRemedyPane       *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    bf_remedy_row_set_suggested (BF_REMEDY_ROW (row),
                                 bf_session_diagnosis_suggests (diagnosis, bf_remedy_row_get_id (BF_REMEDY_ROW (row))));
}

void
bf_remedy_pane_set_diagnosis (BfRemedyPane       *self,
                              BfSessionDiagnosis *diagnosis)
{
  g_return_if_fail (BF_IS_REMEDY_PANE (self) && BF_IS_SESSION_DIAGNOSIS (diagnosis));

  g_signal_connect_object (diagnosis, "changed", G_CALLBACK (on_diagnosed), self, 0);
  on_diagnosed (diagnosis, self);
}
