/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-code-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../engine/bf-layer.h"
#include "../engine/bf-stage.h"
#include "bf-safetensors.h"

const BfKind *const *
bf_code_frameworks (void)
{
  static const BfKind *const table[] = { &bf_code_pytorch.kind, &bf_code_keras.kind, NULL };

  return table;
}

char *
bf_code_print (const BfKind *framework, const BfCodeOptions *options)
{
  g_autoptr (GArray) stages = bf_stages_list (options->plan);
  BfCode code = { (const BfCodeFramework *) framework, options, options->plan, options->plan->spec, g_string_new (NULL), stages };

  g_return_val_if_fail (!options->plan->error, g_string_free (code.text, FALSE));
  code.framework->print (&code);
  return g_string_free (code.text, FALSE);
}

const char *
bf_code_find_word (const BfCodeWord *words, const char *id)
{
  for (; words->id; words++)
    if (g_str_equal (words->id, id))
      return words->code;
  g_return_val_if_reached ("None");
}

void
bf_code_add (BfCode *code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (code->text, format, arguments);
  va_end (arguments);
}

/* The shortest that reads back the same. */
char *
bf_code_number (double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  for (int precision = 6; precision <= 17; precision++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", precision);

      g_ascii_formatd (digits, sizeof digits, format, number);
      if (g_ascii_strtod (digits, NULL) == number)
        break;
    }
  return g_strdup (digits);
}

char *
bf_code_string (const char *text)
{
  GString *quoted = g_string_new ("\"");

  for (const char *c = text; *c; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (quoted, "\\%c", *c);
    else if ((guchar) *c < 32 || *c == 127)
      g_string_append_printf (quoted, "\\x%02x", (guchar) *c);
    else
      g_string_append_c (quoted, *c);
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

char *
bf_code_option (const BfOptions *options, const char *id)
{
  return bf_code_number (bf_options_number (options, id));
}

char *
bf_code_fill_in (const BfOptions *options, const char *code)
{
  const BfParam *params = bf_options_get_kind (options)->params;
  g_autoptr (GString) text = g_string_new (code);

  for (guint i = 0; params && params[i].id; i++)
    if (params[i].type == BF_PARAM_NUMBER || params[i].type == BF_PARAM_INTEGER)
      {
        g_autofree char *word = g_strconcat ("$", params[i].id, NULL);
        g_autofree char *value = bf_code_option (options, params[i].id);

        g_string_replace (text, word, value, 0);
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
bf_code_add_keyword (BfCode *code, const BfOptions *options, const char *id, const char *keyword, double fallback)
{
  g_autofree char *value = bf_code_option (options, id);

  if (bf_options_number (options, id) != fallback)
    bf_code_add (code, ", %s=%s", keyword, value);
}

gboolean
bf_code_has_layer (const BfCode *code, const char *kind_id)
{
  for (guint l = 0; l < code->plan->n_layers; l++)
    if (bf_options_is (code->plan->layers[l].layer->options, kind_id))
      return TRUE;
  return FALSE;
}

gboolean
bf_code_has_start (const BfCode *code, const char *initializer_id)
{
  for (guint w = 0; w < code->plan->n_weighted; w++)
    if (bf_options_is (bf_options_choice (code->plan->layers[code->plan->weighted[w]].layer->options, "start"), initializer_id))
      return TRUE;
  return FALSE;
}

gboolean
bf_code_has_part (const BfCode *code, BfPart part)
{
  return bf_dataset_get_count (code->options->data, part) > 0;
}

guint
bf_code_get_epochs (const BfCode *code)
{
  const guint epochs = code->stages->len ? g_array_index (code->stages, BfStage, 0).epochs : 0;

  return epochs ? epochs : code->spec->epochs;
}

void
bf_code_add_stages (BfCode *code, const char *dense_class)
{
  bf_code_add (code, "\n# Hidden dense layers that a stage trains: those before are frozen, those after are not there yet.\nstages = (");
  for (guint i = 0; i < code->stages->len; i++)
    {
      const BfStage *stage = &g_array_index (code->stages, BfStage, i);

      bf_code_add (code, "%s(%u, %u)", i ? ", " : "", stage->first, stage->last);
    }
  bf_code_add (code, "%s)\nstarts = [i for i, layer in enumerate(layers) if isinstance(layer, %s)]\n"
                     "for first, last in stages:\n", code->stages->len == 1 ? "," : "", dense_class);
}

void
bf_code_indent_stage (BfCode *code, gsize from)
{
  static const char head[] = "for first, last in stages:\n";
  const char *loop = strstr (code->text->str + from, head);
  g_auto (GStrv) lines = NULL;

  g_return_if_fail (loop);
  from = (gsize) (loop - code->text->str) + strlen (head);
  lines = g_strsplit (code->text->str + from, "\n", -1);
  g_string_truncate (code->text, from);
  bf_code_add (code, "    print(f\"Dense {first} to {last}\")\n");
  for (guint i = 0; lines[i] && (*lines[i] || lines[i + 1]); i++)
    bf_code_add (code, "%s%s\n", *lines[i] ? "    " : "", lines[i]);
}

void
bf_code_add_head (BfCode *code, const char *framework, const char *imports)
{
  static const struct { const char *used, *line; } modules[] = {
    { "csv.", "import csv\n" }, { "gzip.", "import gzip\n" }, { "json.", "import json\n" }, { "math.", "import math\n" },
    { "sys.", "import sys\n" }, { "Path(", "from pathlib import Path\n" },
  };
  g_autofree char *name = g_strdelimit (g_strdup (code->spec->name), "\n\r\f\v", ' ');
  const gboolean folder = strstr (code->text->str, "sys.argv") != NULL;
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (head, "# %s, with %s. Made by Backflow %s.\n# Run it as: python3 SCRIPT%s\n",
                          name, framework, BF_VERSION, folder ? " DATA-FOLDER" : "");
  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    if (strstr (code->text->str, modules[i].used))
      g_string_append (head, modules[i].line);
  g_string_append_printf (head, "%simport numpy as np\n%s\n", head->str[head->len - 2] == 'R' ? "" : "\n", imports);
  g_string_prepend (code->text, head->str);
}

/* A loop over all steps of all epochs hands over the step, from 0. */
gboolean
bf_code_add_schedule (BfCode *code)
{
  static const BfCodeWord factors[] = {
    { "constant", "1.0" },
    { "step", "FACTOR ** (step // steps // EVERY)" },
    { "exponential", "FACTOR ** (step // steps)" },
    { "cosine", "LAST + (1 - LAST) * (1 + math.cos(math.pi * min(step / max(EPOCHS * steps - warmup, 1), 1))) / 2" },
    { NULL }
  };
  static const struct { const char *word, *id; } values[] = { { "FACTOR", "factor" }, { "EVERY", "every" }, { "LAST", "last" } };
  const BfOptions *schedule = code->spec->schedule;
  const BfKind *kind = bf_options_get_kind (schedule);
  const double warmup = bf_options_number (schedule, "warmup");
  g_autofree char *warmup_text = bf_code_number (warmup);
  g_autoptr (GString) factor = g_string_new (bf_code_find_word (factors, kind->id));
  g_autofree char *epochs = g_strdup_printf ("%u", bf_code_get_epochs (code));

  if (warmup == 0 && g_str_equal (kind->id, "constant"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (bf_kind_find_param (kind, values[i].id))
      {
        g_autofree char *number = bf_code_option (schedule, values[i].id);

        g_string_replace (factor, values[i].word, number, 0);
      }
  g_string_replace (factor, "EPOCHS", epochs, 0);
  bf_code_add (code, "\nsteps = -(-len(x) // %u)  # an epoch\nwarmup = round(%s * steps)\n\n\n", code->spec->batch, warmup_text);
  bf_code_add (code, "def factor(step):\n    \"\"\"What the learning rate is multiplied by.\"\"\"\n"
                     "    if step < warmup:\n        return (step + 1) / warmup\n"
                     "    step -= warmup\n    return %s\n\n", factor->str);
  return TRUE;
}

void
bf_code_add_reader (BfCode *code)
{
  g_autofree char *path = bf_code_string (code->options->weights);

  bf_code_add (code,
    "\n\ndef read_safetensors(path):\n"
    "    \"\"\"{name: array}: eight bytes with the header's length, a JSON header, then the numbers.\"\"\"\n"
    "    content = open(path, \"rb\").read()\n"
    "    start = 8 + int.from_bytes(content[:8], \"little\")\n"
    "    types = {\"F32\": np.float32, \"I64\": np.int64}\n"
    "    tensors = {}\n"
    "    for name, entry in json.loads(content[8:start]).items():\n"
    "        first, end = (start + place for place in entry[\"data_offsets\"])\n"
    "        tensors[name] = np.frombuffer(content[first:end], types[entry[\"dtype\"]]).reshape(entry[\"shape\"])\n"
    "    return tensors\n\n\n"
    "weights = read_safetensors(%s)\n", path);
}

void
bf_code_add_result (BfCode *code)
{
  bf_code_add (code,
    "\n\ndef finite(value):\n    return value if math.isfinite(value) else None\n\n\n"
    "print(json.dumps({\"loss\": finite(loss), \"gradient_norms\": [finite(norm) for norm in norms]}))\n");
}

/* What a tensor of the engine's is called in a state_dict. */
static char *
get_tensor_name (const BfPlan *plan, const BfParameter *parameter, gboolean network)
{
  static const BfCodeWord names[] = {
    { "weight", "weight" }, { "bias", "bias" }, { "scale", "weight" }, { "shift", "bias" },
    { "projection", "projection.weight" }, { "running-mean", "running_mean" }, { "running-var", "running_var" },
    { NULL }
  };

  return g_strdup_printf ("%s%u.%s", network ? "layers." : "", parameter->layer,
                          bf_code_find_word (names, parameter->name));
}

static void
add_tensor (GPtrArray *tensors, const BfPlan *plan, const BfParameter *parameter, gboolean network)
{
  const gboolean matrix = g_str_equal (parameter->name, "weight") || g_str_equal (parameter->name, "projection");
  const guint64 shape[] = { matrix ? parameter->rows : parameter->columns, parameter->columns };
  g_autofree char *name = get_tensor_name (plan, parameter, network);

  g_ptr_array_add (tensors, bf_tensor_values_new (name, BF_TENSOR_FLOAT32, matrix ? 2 : 1, shape, parameter->value));
}

static void
add_samples (GPtrArray *tensors, const BfFirstBatch *batch)
{
  const BfShape *shape = &batch->plan->shape;

  g_ptr_array_add (tensors, bf_tensor_values_new ("data.x", BF_TENSOR_FLOAT32, 2, (guint64[]) { batch->n, shape->inputs },
                                                  bf_network_get_input (batch->network)));
  if (batch->labels)
    {
      g_autofree gint64 *labels = g_new (gint64, batch->n);

      for (guint i = 0; i < batch->n; i++)
        labels[i] = batch->labels[i];
      g_ptr_array_add (tensors, bf_tensor_values_new ("data.y", BF_TENSOR_INT64, 1, (guint64[]) { batch->n }, labels));
    }
  else
    g_ptr_array_add (tensors, bf_tensor_values_new ("data.y", BF_TENSOR_FLOAT32, 2,
                                                    (guint64[]) { batch->n, shape->outputs }, batch->targets));
}

GPtrArray *
bf_code_list_tensors (const BfFirstBatch *batch)
{
  const BfCode code = { .plan = batch->plan, .spec = batch->plan->spec };
  const gboolean network = bf_code_has_layer (&code, "add");
  const BfParameter *parameters = bf_network_get_parameters (batch->network);
  const BfParameter *buffers = bf_network_get_buffers (batch->network);
  GPtrArray *tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_tensor_values_free);

  for (guint i = 0; i < bf_network_get_n_parameters (batch->network); i++)
    add_tensor (tensors, batch->plan, &parameters[i], network);
  /* The pass has moved the running statistics on; what they start with is in the description. */
  for (guint i = 0; i < bf_network_get_n_buffers (batch->network); i++)
    {
      g_autofree float *start = g_new (float, buffers[i].columns);
      BfParameter buffer = buffers[i];

      for (guint j = 0; j < buffer.columns; j++)
        start[j] = buffer.start;
      buffer.value = start;
      add_tensor (tensors, batch->plan, &buffer, network);
    }
  if (bf_code_data_travels (&code))
    add_samples (tensors, batch);
  return tensors;
}

char *
bf_code_get_tensor_name (const BfPlan *plan, const BfParameter *parameter)
{
  const BfCode code = { .plan = plan, .spec = plan->spec };

  return get_tensor_name (plan, parameter, bf_code_has_layer (&code, "add"));
}
