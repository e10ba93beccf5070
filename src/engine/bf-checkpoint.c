/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A checkpoint is sealed (bf-bytes.h) with the letters BFCK. Its payload:
 *   identity   what the checkpoint fits: seed, samples, batch, kinds, stages, and each layer's id, copy, kind
 *              and number of parameters; compared as bytes with that of the trainer
 *   counters   steps, planned, begins and ends of the stages, rate, clipping, frozen layers, flags, epoch sums,
 *              outcome
 *   data       generator of the shuffles, order of the samples (u32 each)
 *   stage      its number; unless the pass of step 0 waits, parameters, optimizer's state, buffers, update
 *              ratios, each layer's generator
 *   kept       layers that are not there at present but were
 *   recording  the open column, whose sums no snapshot has
 * Everything is read and checked before anything of the trainer changes.
 */
#include "bf-trainer-private.h"

#include "bf-bytes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAGIC "BFCK"
#define VERSION 2   /* as of the columns in it */

typedef struct
{
  guint64 steps, planned, framed;
  guint64 *begins, *ends;
  double learning_rate, loss, accuracy, loss_sum, accuracy_sum, test_loss, test_accuracy;
  BfOptions *clipping;
  guint8 *frozen;
  guint n, diverged_layer;
  guint8 recording_on, primed, frame_wanted, outcome, diverged_what;
} Counters;

/* What was read. Pointers without a comment lie in the bytes. */
typedef struct
{
  Counters counters;
  gsl_rng *random;          /* owned */
  guint *order;             /* owned */
  BfTrainerStage *made;     /* owned: another stage than the first */
  BfTrainerStage *stage;    /* that, or the trainer's */
  const guint8 *values, *state, *buffers, *ratios;
  GPtrArray *randoms;       /* of gsl_rng or NULL, owned, [stage->plan->n_layers] */
  GPtrArray *kept;          /* owned */
  BfRecording *recording;   /* owned */
} Loaded;

static void
random_free (gpointer random)
{
  if (random)
    gsl_rng_free (random);
}

static void
loaded_clear (Loaded *self)
{
  g_clear_pointer (&self->counters.clipping, bf_options_free);
  g_free (self->counters.begins);
  g_free (self->counters.ends);
  g_free (self->counters.frozen);
  g_clear_pointer (&self->random, gsl_rng_free);
  g_free (self->order);
  g_clear_pointer (&self->made, bf_trainer_stage_free);
  g_clear_pointer (&self->randoms, g_ptr_array_unref);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  bf_recording_free (self->recording);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loaded, loaded_clear)

static void
write_identity (const BfTrainer *self, BfWriter *writer)
{
  const BfSpec *spec = self->plan->spec;

  bf_writer_u64 (writer, spec->seed);
  bf_writer_u32 (writer, self->n_train);
  bf_writer_u32 (writer, spec->batch);
  bf_writer_u64 (writer, self->steps_per_epoch);
  bf_writer_u32 (writer, spec->subnormals);
  bf_writer_text (writer, bf_options_get_kind (spec->data)->id);
  bf_writer_text (writer, bf_options_get_kind (spec->loss)->id);
  bf_writer_text (writer, bf_options_get_kind (spec->optimizer)->id);
  bf_writer_u32 (writer, self->stages->len);
  for (guint i = 0; i < self->stages->len; i++)
    {
      const BfStage *stage = &g_array_index (self->stages, BfStage, i);

      bf_writer_u32 (writer, stage->first);
      bf_writer_u32 (writer, stage->last);
      bf_writer_u32 (writer, stage->epochs);
    }
  bf_writer_u32 (writer, self->plan->n_layers);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];

      bf_writer_u32 (writer, layer->layer->id);
      bf_writer_u32 (writer, layer->copy);
      bf_writer_text (writer, bf_options_get_kind (layer->layer->options)->id);
      bf_writer_u64 (writer, layer->parameters);
    }
}

static void
write_counters (const BfTrainer *self, BfWriter *writer)
{
  const BfKind *clipping = bf_options_get_kind (self->clipping);

  bf_writer_u64 (writer, self->steps);
  bf_writer_u64 (writer, self->planned);
  bf_writer_u64 (writer, self->framed);
  for (guint i = 0; i < self->n_stages; i++)
    {
      bf_writer_u64 (writer, self->begins[i]);
      bf_writer_u64 (writer, self->ends[i]);
    }
  bf_writer_doubles (writer, (double[]) { self->learning_rate, self->loss, self->accuracy, self->loss_sum,
                                          self->accuracy_sum, self->test_loss, self->test_accuracy }, 7);
  bf_writer_text (writer, clipping->id);
  bf_writer_double (writer, bf_kind_find_param (clipping, "limit") ? bf_options_number (self->clipping, "limit") : 0);
  for (guint l = 0; l < self->plan->n_layers; l++)
    bf_writer_u8 (writer, self->frozen[l] != FALSE);
  bf_writer_u32 (writer, self->n);
  bf_writer_u32 (writer, self->diverged_layer);
  bf_writer_u8 (writer, self->recording_on != FALSE);
  bf_writer_u8 (writer, self->primed != FALSE);
  bf_writer_u8 (writer, self->frame_wanted != FALSE);
  bf_writer_u8 (writer, (guint8) self->outcome);
  bf_writer_u8 (writer, (guint8) self->diverged_what);
}

static void
write_random (BfWriter *writer, const gsl_rng *random)
{
  bf_writer_u8 (writer, random != NULL);
  if (random)
    bf_writer_random (writer, random);
}

static void
write_stage (const BfTrainerStage *stage, gboolean primed, BfWriter *writer)
{
  BfNetwork *network = stage->network;

  bf_writer_u32 (writer, stage->index);
  if (primed)
    return;
  bf_writer_words (writer, bf_network_get_values (network), bf_network_get_size (network));
  bf_writer_words (writer, stage->state, stage->state_size);
  bf_writer_words (writer, bf_network_get_buffer_values (network), bf_network_get_buffer_size (network));
  bf_writer_words (writer, bf_probe_get_ratios (stage->probe), stage->plan->n_layers);
  for (guint l = 0; l < stage->plan->n_layers; l++)
    write_random (writer, bf_network_get_random (network, l));
}

static void
write_kept (const BfTrainer *self, BfWriter *writer)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfKept *layer = g_ptr_array_index (self->kept, l);

      bf_writer_u8 (writer, layer != NULL);
      if (!layer)
        continue;
      bf_writer_u64 (writer, layer->n_values);
      bf_writer_u64 (writer, layer->n_buffers);
      bf_writer_words (writer, layer->values, layer->n_values);
      bf_writer_words (writer, layer->buffers, layer->n_buffers);
      write_random (writer, layer->random);
    }
}

GBytes *
bf_trainer_save (BfTrainer *self)
{
  BfWriter writer;

  bf_writer_begin (&writer, MAGIC, VERSION);
  write_identity (self, &writer);
  write_counters (self, &writer);
  bf_writer_random (&writer, self->random);
  bf_writer_words (&writer, self->order, self->n_train);
  write_stage (self->stage, self->primed, &writer);
  write_kept (self, &writer);
  bf_recording_write (self->recording, &writer);
  return bf_writer_seal (&writer);
}

static gboolean
read_identity (const BfTrainer *self, BfReader *reader)
{
  BfWriter own = { 0 };
  const guint8 *kept;
  gboolean same;

  write_identity (self, &own);
  kept = bf_reader_raw (reader, own.n);
  same = kept && memcmp (kept, own.data, own.n) == 0;
  g_free (own.data);
  return same;
}

static BfOptions *
read_clipping (BfReader *reader)
{
  g_autofree char *id = bf_reader_text (reader);
  const double limit = bf_reader_double (reader);
  const BfKind *kind = bf_kind_find (bf_clippings, id);
  BfOptions *clipping = kind ? bf_options_new (kind) : NULL;

  if (!clipping || (bf_kind_find_param (kind, "limit") && !bf_options_set_number (clipping, "limit", limit, NULL)))
    reader->failed = TRUE;
  return clipping;
}

static void
read_counters (const BfTrainer *self, BfReader *reader, Counters *counters)
{
  double doubles[7];

  counters->steps = bf_reader_u64 (reader);
  counters->planned = bf_reader_u64 (reader);
  counters->framed = bf_reader_u64 (reader);
  counters->begins = g_new (guint64, self->n_stages);
  counters->ends = g_new (guint64, self->n_stages);
  for (guint i = 0; i < self->n_stages; i++)
    {
      counters->begins[i] = bf_reader_u64 (reader);
      counters->ends[i] = bf_reader_u64 (reader);
    }
  bf_reader_doubles (reader, doubles, 7);
  counters->learning_rate = doubles[0];
  counters->loss = doubles[1];
  counters->accuracy = doubles[2];
  counters->loss_sum = doubles[3];
  counters->accuracy_sum = doubles[4];
  counters->test_loss = doubles[5];
  counters->test_accuracy = doubles[6];
  counters->clipping = read_clipping (reader);
  counters->frozen = g_new (guint8, self->plan->n_layers);
  for (guint l = 0; l < self->plan->n_layers; l++)
    counters->frozen[l] = bf_reader_u8 (reader);
  counters->n = bf_reader_u32 (reader);
  counters->diverged_layer = bf_reader_u32 (reader);
  counters->recording_on = bf_reader_u8 (reader);
  counters->primed = bf_reader_u8 (reader);
  counters->frame_wanted = bf_reader_u8 (reader);
  counters->outcome = bf_reader_u8 (reader);
  counters->diverged_what = bf_reader_u8 (reader);
  if (counters->n > self->batch || counters->diverged_layer >= self->plan->n_layers
      || counters->outcome > BF_OUTCOME_CANCELLED || counters->diverged_what > BF_DIVERGED_PARAMETER
      || (counters->primed && (counters->steps > 0 || !self->primed)))
    reader->failed = TRUE;
}

/* The order must name each sample once. */
static void
read_order (const BfTrainer *self, BfReader *reader, Loaded *loaded)
{
  g_autofree guint8 *seen = g_new0 (guint8, self->n_train);

  loaded->random = bf_reader_random (reader);
  loaded->order = g_new (guint, self->n_train);
  bf_reader_words (reader, loaded->order, self->n_train);
  for (guint i = 0; i < self->n_train && !reader->failed; i++)
    {
      const guint sample = loaded->order[i];

      reader->failed = sample >= self->n_train || seen[sample];
      if (!reader->failed)
        seen[sample] = 1;
    }
}

static gsl_rng *
read_random (BfReader *reader)
{
  return bf_reader_u8 (reader) ? bf_reader_random (reader) : NULL;
}

static void
read_stage (BfTrainer *self, BfReader *reader, Loaded *loaded)
{
  const guint index = bf_reader_u32 (reader);
  BfTrainerStage *stage;

  loaded->stage = self->stage;
  if (reader->failed || index >= self->n_stages || index < self->stage->index)
    {
      reader->failed = TRUE;
      return;
    }
  if (index > 0)
    loaded->stage = loaded->made = bf_trainer_stage_new (self->plan, self->stages, index, NULL, NULL);
  stage = loaded->stage;
  if (!stage || loaded->counters.steps < loaded->counters.begins[index])
    {
      reader->failed = TRUE;
      return;
    }
  if (loaded->counters.primed)
    return;
  loaded->values = bf_reader_raw (reader, bf_network_get_size (stage->network) * 4);
  loaded->state = bf_reader_raw (reader, stage->state_size * 4);
  loaded->buffers = bf_reader_raw (reader, bf_network_get_buffer_size (stage->network) * 4);
  loaded->ratios = bf_reader_raw (reader, (gsize) stage->plan->n_layers * 4);
  loaded->randoms = g_ptr_array_new_with_free_func (random_free);
  for (guint l = 0; l < stage->plan->n_layers && !reader->failed; l++)
    {
      gsl_rng *random = read_random (reader);

      g_ptr_array_add (loaded->randoms, random);
      reader->failed = reader->failed || !random != !bf_network_get_random (stage->network, l);
    }
}

static BfKept *
read_layer (const BfTrainer *self, BfReader *reader, guint l)
{
  const guint64 n_values = bf_reader_u64 (reader), n_buffers = bf_reader_u64 (reader);
  BfKept *layer;

  if (n_values != self->plan->layers[l].parameters || n_values > reader->left / 4
      || n_buffers != bf_trainer_stage_count_buffers (self->plan, l) || n_buffers > reader->left / 4)
    {
      reader->failed = TRUE;
      return NULL;
    }
  layer = bf_kept_new (n_values, n_buffers);
  bf_reader_words (reader, layer->values, n_values);
  bf_reader_words (reader, layer->buffers, n_buffers);
  layer->random = read_random (reader);
  if (!layer->random != !bf_trainer_stage_draws (self->plan, l))
    reader->failed = TRUE;
  return layer;
}

static void
read_kept (const BfTrainer *self, BfReader *reader, Loaded *loaded)
{
  loaded->kept = bf_kept_array_new (self->plan->n_layers);
  for (guint l = 0; l < self->plan->n_layers && !reader->failed; l++)
    if (bf_reader_u8 (reader))
      g_ptr_array_index (loaded->kept, l) = read_layer (self, reader, l);
}

static void
take_counters (BfTrainer *self, Counters *counters)
{
  self->steps = counters->steps;
  self->planned = counters->planned;
  self->framed = counters->framed;
  memcpy (self->begins, counters->begins, self->n_stages * sizeof *self->begins);
  memcpy (self->ends, counters->ends, self->n_stages * sizeof *self->ends);
  self->learning_rate = counters->learning_rate;
  self->loss = counters->loss;
  self->accuracy = counters->accuracy;
  self->loss_sum = counters->loss_sum;
  self->accuracy_sum = counters->accuracy_sum;
  self->test_loss = counters->test_loss;
  self->test_accuracy = counters->test_accuracy;
  bf_options_free (self->clipping);
  self->clipping = g_steal_pointer (&counters->clipping);
  for (guint l = 0; l < self->plan->n_layers; l++)
    self->frozen[l] = counters->frozen[l] != 0;
  self->n = counters->n;
  self->diverged_layer = counters->diverged_layer;
  self->recording_on = counters->recording_on != 0;
  self->primed = counters->primed != 0;
  self->frame_wanted = counters->frame_wanted != 0;
  self->outcome = counters->outcome;
  self->diverged_what = counters->diverged_what;
}

static void
take_stage (BfTrainer *self, Loaded *loaded)
{
  BfNetwork *network = loaded->stage->network;

  if (loaded->made)
    bf_trainer_enter_stage (self, g_steal_pointer (&loaded->made));
  else
    bf_trainer_stage_freeze (self->stage, self->frozen);
  if (self->primed)
    return;
  bf_bytes_to_words (loaded->values, bf_network_get_values (network), bf_network_get_size (network));
  bf_bytes_to_words (loaded->state, self->stage->state, self->stage->state_size);
  bf_bytes_to_words (loaded->buffers, bf_network_get_buffer_values (network), bf_network_get_buffer_size (network));
  bf_bytes_to_words (loaded->ratios, bf_probe_get_ratios (self->stage->probe), self->stage->plan->n_layers);
  for (guint l = 0; l < self->stage->plan->n_layers; l++)
    if (g_ptr_array_index (loaded->randoms, l))
      gsl_rng_memcpy (bf_network_get_random (network, l), g_ptr_array_index (loaded->randoms, l));
}

static void
take (BfTrainer *self, Loaded *loaded)
{
  take_counters (self, &loaded->counters);
  take_stage (self, loaded);
  gsl_rng_memcpy (self->random, loaded->random);
  memcpy (self->order, loaded->order, self->n_train * sizeof *self->order);
  g_ptr_array_unref (self->kept);
  self->kept = g_steal_pointer (&loaded->kept);
  bf_recording_free (self->recording);
  self->recording = g_steal_pointer (&loaded->recording);
}

gboolean
bf_trainer_restore (BfTrainer *self, GBytes *bytes, GError **error)
{
  g_auto (Loaded) loaded = { 0 };
  BfReader reader;

  g_return_val_if_fail (self->steps == 0, FALSE);
  if (!bf_reader_open (&reader, bytes, MAGIC, VERSION, error))
    return FALSE;
  if (!read_identity (self, &reader))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   _("What was kept belongs to another experiment, or its data has changed since. Run it anew."));
      return FALSE;
    }
  read_counters (self, &reader, &loaded.counters);
  read_order (self, &reader, &loaded);
  if (!reader.failed)
    read_stage (self, &reader, &loaded);
  if (!reader.failed)
    read_kept (self, &reader, &loaded);
  if (!reader.failed)
    loaded.recording = bf_recording_read (&reader, self->plan->n_layers);
  if (!bf_reader_close (&reader, error))
    return FALSE;
  take (self, &loaded);
  return TRUE;
}

gboolean
bf_trainer_restore_recording (BfTrainer *self, const BfSnapshot *snapshot, GError **error)
{
  if (snapshot->steps != self->steps || snapshot->start->n_layers != self->plan->n_layers
      || !bf_recording_take (self->recording, snapshot->columns, snapshot->frames))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The recording does not belong to what was kept of the weights. Run it anew."));
      return FALSE;
    }
  g_array_set_size (self->epochs, 0);
  g_array_append_vals (self->epochs, snapshot->epochs->data, snapshot->epochs->len);
  g_ptr_array_set_size (self->marks, 0);
  for (guint i = 0; i < snapshot->marks->len; i++)
    {
      const BfMark *mark = g_ptr_array_index (snapshot->marks, i);

      g_ptr_array_add (self->marks, bf_mark_new (mark->step, mark->label));
    }
  return TRUE;
}
