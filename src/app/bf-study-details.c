/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-details.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "bf-number-label.h"
#include "bf-study-words.h"
#include "../lab/bf-remedy.h"
#include "../engine/bf-format.h"

#define MOST_SEEDS 12   /* shown one by one; the table as CSV has them all */

struct _BfStudyDetails
{
  GtkPopover parent_instance;

  GtkLabel *title;
  GtkLabel *remedies;
  GtkLabel *note;
  GtkGrid *grid;
  GtkLabel *more;

  BfStudySession *study;   /* owned */
  guint row;
};

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { COLUMN_SEED, COLUMN_ACCURACY, COLUMN_LOSS, COLUMN_ATTENUATION, COLUMN_TIME, COLUMN_OPEN, N_COLUMNS };

G_DEFINE_FINAL_TYPE (BfStudyDetails, bf_study_details, GTK_TYPE_POPOVER)

static void
on_open (GtkWidget      *button,
         BfStudyDetails *self)
{
  guint which = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "seed"));

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[OPEN], 0, self->row, which);
}

static GtkWidget *
make_label (const char *text,
            gboolean    head)
{
  GtkWidget *label = gtk_label_new (NULL);

  if (head)
    gtk_label_set_label (GTK_LABEL (label), text);
  else
    bf_number_label_set (GTK_LABEL (label), text);
  gtk_label_set_xalign (GTK_LABEL (label), head ? 0 : 1);
  gtk_widget_add_css_class (label, head ? "dim-label" : "numeric");
  if (head)
    gtk_widget_add_css_class (label, "caption");
  return label;
}

static const char *
get_word (const BfStudyRun *run)
{
  static const char *const words[BF_N_STUDY_RUN_STATES] = {
    N_("waiting"), N_("training"), N_("finished"), N_("diverged"), N_("canceled"), N_("could not start"),
  };

  return _(words[run->state]);
}

/* "81.2 %" where it is known, else the state in a word, or "diverged at step 70". */
static char *
describe_result (const BfStudyRun *run)
{
  const BfSnapshot *snapshot = run->snapshot;

  if (run->state == BF_STUDY_RUN_DIVERGED && snapshot)
    {
      g_autofree char *step = bf_format_count (snapshot->diverged_step);

      return g_strdup_printf (_("diverged at step %s"), step);
    }
  if (run->state == BF_STUDY_RUN_FINISHED && snapshot && isfinite (snapshot->test_accuracy))
    return bf_format_percent (snapshot->test_accuracy);
  return g_strdup (get_word (run));
}

static char *
describe_loss (const BfSnapshot *snapshot)
{
  if (!snapshot || snapshot->epochs->len == 0)
    return g_strdup ("");
  return bf_format_plain (g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1).train_loss, 4);
}

static char *
describe_attenuation (const BfSnapshot *snapshot)
{
  if (!snapshot)
    return g_strdup ("");
  return bf_format_value (bf_column_get_attenuation (bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot)),
                                                     snapshot->plan));
}

static GtkWidget *
make_open_button (BfStudyDetails *self,
                  guint           which,
                  guint64         seed)
{
  GtkWidget *button = gtk_button_new_with_label (_("Open"));
  g_autofree char *name = g_strdup_printf (_("Open the run of seed %" PRIu64 " in the laboratory"), seed);

  g_object_set_data (G_OBJECT (button), "seed", GUINT_TO_POINTER (which));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "mini");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_open), self);
  return button;
}

static void
add_seed (BfStudyDetails *self,
          BfStudyQueue   *queue,
          guint           which)
{
  const BfStudyRun *run = bf_study_queue_get_run (queue, self->row, which);
  g_autofree char *seed = g_strdup_printf ("%" PRIu64, run->seed), *result = describe_result (run);
  g_autofree char *loss = describe_loss (run->snapshot), *attenuation = describe_attenuation (run->snapshot);
  g_autofree char *time = run->seconds > 0 ? bf_study_format_time (run->seconds) : g_strdup ("");
  const char *texts[COLUMN_OPEN] = { seed, result, loss, attenuation, time };
  int line = (int) which + 1;

  for (int column = 0; column < COLUMN_OPEN; column++)
    gtk_grid_attach (self->grid, make_label (texts[column], FALSE), column, line, 1, 1);
  if (run->error)
    gtk_widget_set_tooltip_text (gtk_grid_get_child_at (self->grid, COLUMN_ACCURACY, line), run->error->message);
  gtk_grid_attach (self->grid, make_open_button (self, which, run->seed), COLUMN_OPEN, line, 1, 1);
}

static void
fill_grid (BfStudyDetails *self,
           BfStudyQueue   *queue)
{
  const char *heads[COLUMN_OPEN] = { _("Seed"), _("Test Accuracy"), _("Loss"), _("First : Last"), _("Time") };
  guint seeds = bf_study_queue_get_seeds (queue);
  g_autofree char *more = g_strdup_printf (_("%u more seeds: save every run as CSV to see them."), seeds > MOST_SEEDS ? seeds - MOST_SEEDS : 0);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  for (int column = 0; column < COLUMN_OPEN; column++)
    gtk_grid_attach (self->grid, make_label (heads[column], TRUE), column, 0, 1, 1);
  for (guint i = 0; i < MIN (seeds, MOST_SEEDS); i++)
    add_seed (self, queue, i);
  gtk_label_set_label (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), seeds > MOST_SEEDS);
}

void
bf_study_details_refresh (BfStudyDetails *self)
{
  BfStudyQueue *queue;
  const char *texts[COLUMN_OPEN];
  GtkWidget *focus;

  g_return_if_fail (BF_IS_STUDY_DETAILS (self));
  queue = self->study ? bf_study_session_get_queue (self->study) : NULL;
  if (!queue || self->row >= bf_study_queue_get_study (queue)->rows->len)
    return;
  focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  /* Buttons stay what they are, so that the one in focus does not go from under the finger. */
  for (guint i = 0; focus && i < MIN (bf_study_queue_get_seeds (queue), MOST_SEEDS); i++)
    {
      const BfStudyRun *run = bf_study_queue_get_run (queue, self->row, i);
      g_autofree char *result = describe_result (run), *loss = describe_loss (run->snapshot);
      g_autofree char *attenuation = describe_attenuation (run->snapshot);
      g_autofree char *time = run->seconds > 0 ? bf_study_format_time (run->seconds) : g_strdup ("");

      texts[COLUMN_ACCURACY] = result;
      texts[COLUMN_LOSS] = loss;
      texts[COLUMN_ATTENUATION] = attenuation;
      texts[COLUMN_TIME] = time;
      for (int column = COLUMN_ACCURACY; column < COLUMN_OPEN; column++)
        bf_number_label_set (GTK_LABEL (gtk_grid_get_child_at (self->grid, column, (int) i + 1)), texts[column]);
    }
}

static void
bf_study_details_dispose (GObject *object)
{
  g_clear_object (&BF_STUDY_DETAILS (object)->study);
  G_OBJECT_CLASS (bf_study_details_parent_class)->dispose (object);
}

static void
bf_study_details_class_init (BfStudyDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_study_details_dispose;
  signals[OPEN] = g_signal_new ("open", BF_TYPE_STUDY_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                G_TYPE_UINT, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/study-details.ui");
  gtk_widget_class_bind_template_child (widget_class, BfStudyDetails, title);
  gtk_widget_class_bind_template_child (widget_class, BfStudyDetails, remedies);
  gtk_widget_class_bind_template_child (widget_class, BfStudyDetails, note);
  gtk_widget_class_bind_template_child (widget_class, BfStudyDetails, grid);
  gtk_widget_class_bind_template_child (widget_class, BfStudyDetails, more);
}

static void
bf_study_details_init (BfStudyDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bf_study_details_show (BfStudyDetails *self,
                       BfStudySession *study,
                       guint           row)
{
  BfStudyQueue *queue = bf_study_session_get_queue (study);
  const BfStudyRow *shown = bf_study_queue_get_study (queue)->rows->pdata[row];
  g_autofree char *remedies = bf_spec_describe_remedies (shown->base);

  g_return_if_fail (BF_IS_STUDY_DETAILS (self));

  g_set_object (&self->study, study);
  self->row = row;
  gtk_label_set_label (self->title, shown->label);
  gtk_label_set_label (self->remedies, *remedies ? remedies : _("No remedy"));
  gtk_label_set_label (self->note, shown->note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *shown->note != '\0');
  fill_grid (self, queue);
}
