/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "real-runs.h"

#include "bf-diagnosis.h"
#include "bf-examination.h"
#include "bf-file.h"
#include "bf-remedy.h"

/* Where the images are that ship with the program, whatever the system has. */
static char *
get_sample_folder (const BfSpec *spec)
{
  return bf_options_is (spec->data, "fashion-mnist") ? g_build_filename (bf_data_dir (), "fashion-mnist-sample", NULL) : NULL;
}

static BfSpec *
make_base (const RealRunKind *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) loaded = bf_examples_load (kind->experiment, &error);
  BfSpec *base;

  g_assert_no_error (error);
  base = bf_spec_copy (loaded);
  if (kind->epochs > 0)
    base->epochs = kind->epochs;
  if (kind->copies > 0)
    ((BfBlock *) base->blocks->pdata[0])->count = kind->copies;
  for (guint i = 0; i < G_N_ELEMENTS (kind->remedies) && kind->remedies[i]; i++)
    {
      bf_spec_add_remedy_string (base, kind->remedies[i], &error);
      g_assert_no_error (error);
    }
  return base;
}

RealRun *
real_run_new (const RealRunKind *kind)
{
  RealRun *self = g_new0 (RealRun, 1);
  g_autoptr (BfSpec) spec = NULL;
  g_autofree char *folder = NULL;
  BfTaskFacts facts;

  self->kind = kind;
  self->base = make_base (kind);
  spec = bf_remedies_apply (self->base);
  folder = get_sample_folder (spec);
  self->run = bf_run_new (spec, &(BfRunOptions) { .folder = folder, .threads = 1, .steps = kind->epochs > 0 ? 0 : MAX (kind->steps, 1) });
  bf_run_wait (self->run);
  g_assert_no_error ((GError *) bf_run_get_error (self->run));
  if (kind->epochs > 0 || kind->steps > 0)
    {
      bf_run_train (self->run);
      bf_run_wait (self->run);
    }
  if (bf_run_evaluate (self->run, bf_evaluation_choose_part (bf_run_get_dataset (self->run))))
    bf_run_wait (self->run);
  self->evaluation = bf_run_get_evaluation (self->run);
  self->snapshot = bf_run_get_snapshot (self->run);
  self->facts = bf_data_facts_new (bf_run_get_dataset (self->run));
  bf_task_facts_measure (bf_run_get_dataset (self->run), spec, &facts);
  self->theory = bf_theory_new (self->snapshot->plan, facts.input_rms * facts.input_rms);
  return self;
}

void
real_run_free (RealRun *self)
{
  g_object_unref (self->run);
  bf_spec_unref (self->base);
  bf_data_facts_unref (self->facts);
  bf_theory_free (self->theory);
  g_free (self);
}

gpointer
real_run_examine (RealRun *self, const char *id)
{
  BfExamination *examination = bf_examination_of (self->run, bf_examination_find (id));

  if (!bf_examination_get_result (examination))
    {
      bf_examination_start (examination, NULL);
      bf_examination_wait (examination);
      g_assert_no_error ((GError *) bf_examination_get_error (examination));
    }
  return bf_examination_get_result (examination);
}

BfFigureRun
real_run_get_figure_run (const RealRun *self)
{
  return (BfFigureRun) { self->snapshot, self->kind->label ? self->kind->label : self->base->name, self->kind->family, self->theory };
}

void
real_run_add_to_report (const RealRun *self, BfReport *report)
{
  bf_report_add_run (report, &(BfReportRun) {
    .snapshot = self->snapshot, .base = self->base, .data = bf_run_get_dataset (self->run), .evaluation = self->evaluation,
  });
}

BfStudyQueue *
real_study_new (const char *name, guint seeds, guint epochs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfStudy) study = bf_study_load_any (name, NULL, &error);
  g_autofree char *folder = g_build_filename (bf_data_dir (), "fashion-mnist-sample", NULL);
  const BfStudyOptions options = { .folder = folder, .seeds = seeds, .epochs = epochs, .jobs = 2 };
  BfStudyQueue *queue;

  g_assert_no_error (error);
  queue = bf_study_queue_new (study, &options);
  while (bf_study_queue_poll (queue))
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (5000);
    }
  return queue;
}
