/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Each script of each ready-made experiment with each remedy, and of one with every row of the engine's
 * tables, is Python that compiles.
 */
#include "bf-code.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bf-dataset.h"
#include "bf-file.h"
#include "bf-remedy.h"
#include "bf-safetensors.h"

static char *folder;
static guint n_scripts;

/* Writes the scripts of all frameworks, trained and for parity, to be compiled together. */
static void
write_scripts (BfSpec *spec, BfDataset *data)
{
  g_autoptr (BfPlan) plan = bf_plan_new (spec, bf_dataset_get_shape (data));

  if (plan->error)   /* a kind that does not fit this data */
    return;
  for (const BfKind *const *framework = bf_code_frameworks (); *framework; framework++)
    for (int parity = 0; parity < 2; parity++)
      {
        const BfCodeOptions options = { plan, data, NULL, parity ? "it's a \"w\"\n.safetensors" : NULL, parity ? 8 : 0 };
        g_autofree char *script = bf_code_print (*framework, &options);
        g_autofree char *name = g_strdup_printf ("s%04u.py", n_scripts++);
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_assert_nonnull (strstr (script, parity ? "json.dumps" : (*framework)->id[0] == 'k' ? "model.fit" : "loss.backward()"));
        g_assert_true (g_file_set_contents (path, script, -1, NULL));
      }
}

static void
compile_scripts (void)
{
  g_autofree char *python = g_find_program_in_path ("python3");
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  char *arguments[] = { python, (char *) "-c", (char *) "import glob, sys\n"
                        "for path in glob.glob(sys.argv[1] + '/*.py'):\n"
                        "    compile(open(path, encoding='utf-8').read(), path, 'exec')\n", folder, NULL };
  g_autofree char *out = NULL;
  int status = 0;

  g_assert_cmpuint (n_scripts, >, 0);
  if (python)
    {
      g_assert_true (g_spawn_sync (NULL, arguments, NULL, 0, NULL, NULL, NULL, &out, &status, &error));
      if (!g_spawn_check_wait_status (status, &error))
        g_error ("%s", out);
    }
  else
    g_test_skip ("no python3");
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, ".py"))
        g_unlink (path);
    }
  n_scripts = 0;
}

static void
test_remedies (void)
{
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);

  for (guint i = 0; i < examples->len; i++)
    {
      g_autoptr (BfSpec) loaded = bf_examples_load (((BfExample *) examples->pdata[i])->id, NULL);
      g_autoptr (BfDataset) data = bf_dataset_load (loaded, NULL, NULL, NULL);

      write_scripts (loaded, data);
      for (const BfKind *const *remedy = bf_remedies (); *remedy; remedy++)
        {
          g_autoptr (BfSpec) base = bf_spec_copy (loaded);
          g_autoptr (BfSpec) spec = NULL;

          g_assert_true (bf_spec_add_remedy_string (base, (*remedy)->id, NULL));
          spec = bf_remedies_apply (base);
          write_scripts (spec, data);
        }
    }
  compile_scripts ();
}

static void
write_kinds (const char *what, BfTable table, BfDataset *data)
{
  for (const BfKind *const *kind = table (); *kind; kind++)
    {
      g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
      BfOptions **options = g_str_equal (what, "optimizer") ? &spec->optimizer
                            : g_str_equal (what, "clipping") ? &spec->clipping
                            : g_str_equal (what, "loss") ? &spec->loss : &spec->schedule;
      BfBlock *block = spec->blocks->pdata[0];

      if (g_str_equal (what, "start"))
        bf_options_set_choice (((BfLayer *) block->layers->pdata[0])->options, "start", (*kind)->id, NULL);
      else if (g_str_equal (what, "function"))
        bf_options_set_choice (((BfLayer *) block->layers->pdata[1])->options, "function", (*kind)->id, NULL);
      else if (g_str_equal (what, "layer"))
        {
          BfLayer *layer = bf_layer_new (spec, (*kind)->id);

          g_ptr_array_add (block->layers, layer);
          if (g_str_equal ((*kind)->id, "add"))
            {
              bf_options_set_number (layer->options, "from", ((BfLayer *) block->layers->pdata[0])->id, NULL);
              bf_options_set_number (layer->options, "projection", 1, NULL);
            }
        }
      else
        {
          bf_options_free (*options);
          *options = bf_options_new (*kind);
        }
      ((BfLayer *) block->layers->pdata[0])->frozen = TRUE;
      write_scripts (spec, data);
    }
}

static void
test_kinds (void)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);

  write_kinds ("layer", bf_layer_kinds, data);
  write_kinds ("function", bf_activations, data);
  write_kinds ("start", bf_initializers, data);
  write_kinds ("loss", bf_losses, data);
  write_kinds ("optimizer", bf_optimizers, data);
  write_kinds ("clipping", bf_clippings, data);
  write_kinds ("schedule", bf_schedules, data);
  compile_scripts ();
}

/* Weights under the names of the script's state_dict; generated samples with them, in the file's order. */
static void
test_tensors (void)
{
  g_autoptr (BfSpec) base = bf_examples_load ("spiral", NULL);
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (BfFirstBatch) batch = NULL;
  g_autoptr (GPtrArray) tensors = NULL;
  const BfTensorValues *weight, *labels, *mean;

  g_assert_true (bf_spec_add_remedy_string (base, "batch-norm", NULL));
  spec = bf_remedies_apply (base);
  batch = bf_first_batch_new (spec, 6, NULL, NULL);
  tensors = bf_code_list_tensors (batch);
  weight = bf_safetensors_find (tensors, "0.weight");
  labels = bf_safetensors_find (tensors, "data.y");
  mean = bf_safetensors_find (tensors, "1.running_mean");
  g_assert_true (weight && labels && mean);
  g_assert_cmpuint (weight->shape[0], ==, 32);
  g_assert_cmpuint (weight->shape[1], ==, 2);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (((const gint64 *) g_bytes_get_data (labels->values, NULL))[i], ==, i % 3);
  g_assert_cmpfloat (((const float *) g_bytes_get_data (mean->values, NULL))[0], ==, 0);   /* before the pass */
}

/* What is compared is the first stage's network: two hidden layers and an output. */
static void
test_first_stage (void)
{
  g_autoptr (BfSpec) base = bf_examples_load ("t2-relu", NULL);
  g_autoptr (BfSpec) spec = NULL, plain = bf_examples_load ("t2-relu", NULL);
  g_autoptr (BfFirstBatch) stage = NULL, whole = NULL;
  g_autoptr (GPtrArray) tensors = NULL;

  g_assert_true (bf_spec_add_remedy_string (base, "fine-tuning", NULL));
  spec = bf_remedies_apply (base);
  stage = bf_first_batch_new (spec, 8, NULL, NULL);
  whole = bf_first_batch_new (plain, 8, NULL, NULL);
  tensors = bf_code_list_tensors (stage);
  g_assert_cmpuint (stage->plan->n_weighted, ==, 3);
  g_assert_cmpuint (whole->plan->n_weighted, ==, 11);
  g_assert_nonnull (bf_safetensors_find (tensors, "4.weight"));
  g_assert_null (bf_safetensors_find (tensors, "6.weight"));
  g_assert_cmpfloat (bf_first_batch_get_gradient_norm (stage, 0), >, 0);
  g_assert_cmpfloat (stage->loss, !=, whole->loss);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_test_add_func ("/code/remedies", test_remedies);
  g_test_add_func ("/code/kinds", test_kinds);
  g_test_add_func ("/code/tensors", test_tensors);
  g_test_add_func ("/code/first-stage", test_first_stage);
  result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
