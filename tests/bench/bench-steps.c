/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Steps a second with recording off and on, measured in turns so that both meet the same machine.
 * bench-steps [--json] [--seconds S] [--threads N]: a table, or one JSON object.
 */
#include "bf-dataset.h"
#include "bf-trainer.h"

#include <stdio.h>

#define ROUNDS 3

typedef struct
{
  const char *name;
  const char *about;
  const char *data;
  guint hidden, units;
  const char *activation;
  guint batch;
  const char *loss;
} Case;

static const Case cases[] = {
  { "S1",   "784-128x7-10 sigmoid, batch 64",  "fashion-mnist",     7,  128,  "sigmoid", 64, "cross-entropy" },
  { "S2",   "100-100x10-1 sigmoid, batch 32",  "random-regression", 10, 100,  "sigmoid", 32, "mse" },
  { "deep", "784-128x50-10 sigmoid, batch 64", "fashion-mnist",     50, 128,  "sigmoid", 64, "cross-entropy" },
  { "wide", "784-1024x7-10 sigmoid, batch 64", "fashion-mnist",     7,  1024, "sigmoid", 64, "cross-entropy" },
  { "tiny", "2-8x6-1 tanh, batch 10",          "blobs",             6,  8,    "tanh",    10, "cross-entropy" },
};

static BfSpec *
make_spec (const Case *c)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  g_clear_pointer (&spec->loss, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, c->data));
  spec->loss = bf_options_new (bf_kind_find (bf_losses, c->loss));
  spec->batch = c->batch;
  spec->validation_share = 0;
  spec->learning_rate = 0.01;
  return spec;
}

static void
add_layers (BfSpec *spec, const Case *c, guint outputs)
{
  for (guint i = 0; i <= c->hidden; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");

      bf_options_set_number (dense->options, "units", i < c->hidden ? c->units : outputs, NULL);
      if (i < c->hidden)
        bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", c->activation, NULL);
    }
}

static double
run (BfTrainer *trainer, gboolean recording, double seconds)
{
  const gint64 began = g_get_monotonic_time ();
  double elapsed;
  guint64 steps = 0;

  bf_trainer_set_recording (trainer, recording);
  do
    {
      if (bf_trainer_step (trainer) != BF_STEP_MADE)
        return 0;
      steps++;
      elapsed = (g_get_monotonic_time () - began) / 1e6;
    }
  while (elapsed < seconds);
  return steps / elapsed;
}

static gboolean
measure (const Case *c, guint threads, double seconds, double *off, double *on, GError **error)
{
  g_autoptr (BfSpec) spec = make_spec (c);
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, error);
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfTrainer) trainer = NULL;

  if (!data)
    return FALSE;
  add_layers (spec, c, bf_dataset_get_shape (data)->outputs);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, threads, error);
  if (!trainer)
    return FALSE;
  bf_trainer_set_planned (trainer, G_MAXUINT64 / 2);
  *off = *on = 0;
  run (trainer, TRUE, seconds / 4);
  for (guint i = 0; i < ROUNDS; i++)
    {
      *off = MAX (*off, run (trainer, FALSE, seconds));
      *on = MAX (*on, run (trainer, TRUE, seconds));
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE;
  double seconds = 1;
  int threads = bf_trainer_get_default_threads ();
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object", NULL },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "Seconds of each of the six turns", "S" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, "Threads", "N" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[NETWORK…]");
  g_autoptr (GError) error = NULL;
  const char *separator = "";

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  printf (json ? "{\"threads\":%d,\"networks\":[" : "steps a second, %d thread(s)       recording off          on   cost of a step\n", threads);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double off, on;

      if (argc > 1 && !g_strv_contains ((const char *const *) argv + 1, cases[i].name))
        continue;
      if (!measure (&cases[i], threads, seconds, &off, &on, &error))
        g_error ("%s: %s", cases[i].name, error->message);
      if (json)
        printf ("%s{\"name\":\"%s\",\"network\":\"%s\",\"off\":%.1f,\"on\":%.1f}", separator, cases[i].name, cases[i].about, off, on);
      else
        printf ("%-4s %-31s %12.0f %11.0f   %+.0f %%\n", cases[i].name, cases[i].about, off, on, 100 * (off / on - 1));
      fflush (stdout);
      separator = ",";
    }
  if (json)
    printf ("]}\n");
  return 0;
}
