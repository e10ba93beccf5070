/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-page.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-centre.h"
#include "bf-figure-panel.h"
#include "bf-file-dialog.h"
#include "bf-kind-drop-down.h"
#include "bf-message.h"
#include "bf-study-details.h"
#include "bf-study-table.h"
#include "bf-study-words.h"
#include "bf-throttle.h"

#define UPDATES_PER_SECOND 4   /* numbers that change all the time would flicker */

struct _BfStudyPage
{
  GtkBox parent_instance;

  GtkStack *pages;
  GtkStack *sign;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkLabel *now;
  GtkLabel *count;
  GtkLabel *left;
  GtkProgressBar *progress;
  GtkWidget *pause;
  GtkWidget *cancel;
  BfStudyTable *table;
  GtkLabel *info;
  GtkMenuButton *details_button;
  BfStudyDetails *details;
  BfFigurePanel *accuracy;
  BfFigurePanel *dots;
  GtkDropDown *dots_choice;

  BfStudySession *study;   /* owned */
  BfStudyQueue *shown;     /* whose rows the table has; only compared */
  BfThrottle refreshing;
};

enum { OPEN_RUN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* What the dots show, in the order of the choice. */
static const char *const dots_figures[] = { "attenuation", "results" };

G_DEFINE_FINAL_TYPE (BfStudyPage, bf_study_page, GTK_TYPE_BOX)

static BfStudyQueue *
get_queue (BfStudyPage *self)
{
  return self->study ? bf_study_session_get_queue (self->study) : NULL;
}

static BfScene *
make_scene (gpointer data)
{
  BfStudyPage *self = data;
  BfStudyQueue *queue = get_queue (self);

  return queue && self->shown == queue ? bf_scene_new_for_study (queue, (guint) (bf_study_table_get_chosen (self->table) + 1)) : NULL;
}

static void
update_figures (BfStudyPage *self)
{
  g_autoptr (BfScene) scene = make_scene (self);

  if (scene)
    bf_figure_panel_set_caption (self->accuracy, bf_figure_get_reading (bf_scene_get_data (scene)), NULL);
  bf_figure_view_update (bf_figure_panel_get_view (self->accuracy));
  bf_figure_view_update (bf_figure_panel_get_view (self->dots));
}

/* The queue's row */

static const struct { const char *icon, *words; } ends[] = {
  [BF_STUDY_PAUSED] = { "media-playback-pause-symbolic", N_("Paused") },
  [BF_STUDY_FINISHED] = { "emblem-ok-symbolic", N_("Study finished") },
  [BF_STUDY_CANCELLED] = { "process-stop-symbolic", N_("Study canceled") },
};

static void
show_progress (BfStudyPage  *self,
               BfStudyQueue *queue)
{
  BfStudyState state = bf_study_session_get_state (self->study);
  gboolean running = state == BF_STUDY_RUNNING;
  g_autofree char *now = running ? bf_study_describe_now (queue) : NULL;
  g_autofree char *count = running || state == BF_STUDY_PAUSED ? bf_study_describe_count (queue) : bf_study_describe_rows (self->study);
  g_autofree char *left = running ? bf_study_describe_left (queue) : NULL;

  gtk_stack_set_visible_child_name (self->sign, running ? "spinner" : "icon");
  gtk_spinner_set_spinning (self->spinner, running);
  if (!running)
    gtk_image_set_from_icon_name (self->icon, ends[state].icon);
  gtk_label_set_label (self->now, now ? now : running ? bf_study_session_get_name (self->study) : _(ends[state].words));
  gtk_label_set_label (self->count, count);
  gtk_label_set_label (self->left, left ? left : "");
  gtk_progress_bar_set_fraction (self->progress, bf_study_queue_get_progress (queue));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), bf_study_session_is_active (self->study));
}

static void
show_info (BfStudyPage  *self,
           BfStudyQueue *queue)
{
  int row = bf_study_table_get_chosen (self->table);
  g_autofree char *words = row >= 0 ? bf_study_describe_row (queue, (guint) row) : NULL;

  if (g_strcmp0 (gtk_label_get_label (self->info), words ? words : "") != 0)
    gtk_label_set_label (self->info, words ? words : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->details_button), words != NULL);
}

static void
refresh (gpointer data)
{
  BfStudyPage *self = data;
  BfStudyQueue *queue = get_queue (self);

  gtk_stack_set_visible_child_name (self->pages, queue ? "study" : "empty");
  if (self->shown != queue)
    {
      self->shown = queue;
      bf_study_table_set_queue (self->table, queue);
    }
  if (!queue)
    return;
  bf_study_table_refresh (self->table);
  show_progress (self, queue);
  show_info (self, queue);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->details)))
    bf_study_details_refresh (self->details);
  update_figures (self);
}

static void
on_state_changed (BfStudyPage *self)
{
  BfStudyState state = bf_study_session_get_state (self->study);
  gboolean active = bf_study_session_is_active (self->study), paused = state == BF_STUDY_PAUSED;
  const char *label = paused ? _("Resume Study") : _("Pause Study");

  gtk_widget_set_visible (self->pause, active);
  gtk_widget_set_visible (self->cancel, active);
  gtk_button_set_icon_name (GTK_BUTTON (self->pause), paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause, paused ? _("Go on with the study") : _("Pause the study"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  bf_throttle_flush (&self->refreshing);
}

static void
on_updated (BfStudyPage *self)
{
  /* The rows of a queue that is gone must not be asked for. */
  if (self->shown != get_queue (self))
    bf_throttle_flush (&self->refreshing);
  else if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    bf_throttle_call (&self->refreshing);
}

static void
on_chosen (BfStudyPage *self)
{
  BfStudyQueue *queue = get_queue (self);

  if (!queue || self->shown != queue)
    return;
  show_info (self, queue);
  update_figures (self);
}

static void
on_dots_chosen (BfStudyPage *self)
{
  guint choice = gtk_drop_down_get_selected (self->dots_choice);

  if (choice < G_N_ELEMENTS (dots_figures))
    g_object_set (self->dots, "figure", dots_figures[choice], NULL);
}

static void
on_details_shown (BfStudyPage *self)
{
  int row = bf_study_table_get_chosen (self->table);

  if (row >= 0)
    bf_study_details_show (self->details, self->study, (guint) row);
}

static void
on_details_open (BfStudyPage *self,
                 guint        row,
                 guint        which)
{
  g_signal_emit (self, signals[OPEN_RUN], 0, row, which);
}

/* The table leaves the window */

static void
toast (BfStudyPage *self,
       const char  *text)
{
  GtkWidget *centre = gtk_widget_get_ancestor (GTK_WIDGET (self), BF_TYPE_CENTRE);

  if (centre)
    bf_centre_add_toast (BF_CENTRE (centre), adw_toast_new (text));
}

static void
action_copy_table (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  BfStudyPage *self = BF_STUDY_PAGE (widget);
  BfStudyQueue *queue = get_queue (self);
  g_autofree char *text = queue ? bf_study_print_table (queue) : NULL;

  if (!text)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  toast (self, _("Table copied"));
}

typedef struct { BfStudyPage *page; char *text; } Saving;

static void
on_save_chosen (GFile    *file,
                gpointer  data)
{
  Saving *saving = data;
  GtkWidget *centre = gtk_widget_get_ancestor (GTK_WIDGET (saving->page), BF_TYPE_CENTRE);
  g_autoptr (GError) error = NULL;

  if (file && !g_file_replace_contents (file, saving->text, strlen (saving->text), NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, &error))
    bf_message_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (saving->page))), _("The Table Could Not Be Saved"), error->message);
  else if (file && centre)
    bf_centre_toast_saved (BF_CENTRE (centre), file);
  g_object_unref (saving->page);
  g_free (saving->text);
  g_free (saving);
}

static void
save (BfStudyPage *self,
      char        *text,
      const char  *what)
{
  const char *name = bf_study_queue_get_study (get_queue (self))->name;
  g_autofree char *ascii = g_str_to_ascii (name, NULL), *lower = g_ascii_strdown (ascii, -1);
  g_autofree char *file = g_strdup_printf ("%s-%s.csv", g_strcanon (lower, "abcdefghijklmnopqrstuvwxyz0123456789", '-'), what);
  Saving *saving = g_new0 (Saving, 1);

  saving->page = g_object_ref (self);
  saving->text = text;
  bf_file_dialog_save (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Save Table"), file, on_save_chosen, saving);
}

static void
action_save_table (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  BfStudyQueue *queue = get_queue (BF_STUDY_PAGE (widget));

  if (queue)
    save (BF_STUDY_PAGE (widget), bf_study_print_csv (queue), "table");
}

static void
action_save_runs (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  BfStudyQueue *queue = get_queue (BF_STUDY_PAGE (widget));

  if (queue)
    save (BF_STUDY_PAGE (widget), bf_study_print_runs (queue), "runs");
}

static void
bf_study_page_dispose (GObject *object)
{
  BfStudyPage *self = BF_STUDY_PAGE (object);

  bf_study_page_set_study (self, NULL);
  bf_throttle_clear (&self->refreshing);
  G_OBJECT_CLASS (bf_study_page_parent_class)->dispose (object);
}

static void
bf_study_page_class_init (BfStudyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_study_page_dispose;
  signals[OPEN_RUN] = g_signal_new ("open-run", BF_TYPE_STUDY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                    G_TYPE_UINT, G_TYPE_UINT);
  g_type_ensure (BF_TYPE_STUDY_TABLE);
  g_type_ensure (BF_TYPE_STUDY_DETAILS);
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  gtk_widget_class_install_action (widget_class, "study.copy-table", NULL, action_copy_table);
  gtk_widget_class_install_action (widget_class, "study.save-table", NULL, action_save_table);
  gtk_widget_class_install_action (widget_class, "study.save-runs", NULL, action_save_runs);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/study-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, pages);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, sign);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, icon);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, now);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, count);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, left);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, progress);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, pause);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, table);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, info);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, details_button);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, details);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, accuracy);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, dots);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPage, dots_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_dots_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_details_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_details_open);
}

static void
bf_study_page_init (BfStudyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->refreshing, UPDATES_PER_SECOND, refresh, self);
  bf_figure_view_set_source (bf_figure_panel_get_view (self->accuracy), make_scene, self);
  bf_figure_view_set_source (bf_figure_panel_get_view (self->dots), make_scene, self);
  bf_figure_panel_set_caption (self->accuracy, _("Validation accuracy"), NULL);
  bf_figure_panel_set_caption (self->dots, "", NULL);
  bf_drop_down_set_name (self->dots_choice, _("Quantity"));
  g_signal_connect (self, "map", G_CALLBACK (refresh), NULL);
}

GtkWidget *
bf_study_page_new (void)
{
  return g_object_new (BF_TYPE_STUDY_PAGE, NULL);
}

void
bf_study_page_set_study (BfStudyPage    *self,
                         BfStudySession *study)
{
  g_return_if_fail (BF_IS_STUDY_PAGE (self));

  if (self->study)
    g_signal_handlers_disconnect_by_data (self->study, self);
  if (!g_set_object (&self->study, study) || !study)
    return;
  g_signal_connect_swapped (study, "state-changed", G_CALLBACK (on_state_changed), self);
  g_signal_connect_swapped (study, "updated", G_CALLBACK (on_updated), self);
  on_state_changed (self);
}

void
bf_study_page_choose (BfStudyPage *self,
                      guint        row)
{
  g_return_if_fail (BF_IS_STUDY_PAGE (self));
  bf_study_table_choose (self->table, row);
}
