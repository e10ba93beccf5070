/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The walk over the network: a list of expressions, one a layer, in a loop where a block has copies.
 */
#include "bf-code-private.h"

/* The index of the layer that follows `layer` in its block's next copy, or NULL. */
static const BfPlanLayer *
get_next_copy (const BfCode *code, const BfPlanLayer *layer)
{
  const BfBlock *block = code->spec->blocks->pdata[layer->block];

  return layer->copy + 1 < block->count ? &code->plan->layers[layer->index + block->layers->len] : NULL;
}

static char *
choose (guint first, guint rest)
{
  return first == rest ? g_strdup_printf ("%u", first) : g_strdup_printf ("%u if copy == 0 else %u", first, rest);
}

char *
bf_code_width (const BfCode *code, const BfPlanLayer *layer, gboolean out)
{
  const BfPlanLayer *next = get_next_copy (code, layer);

  if (out)
    return choose (layer->outputs, layer->outputs);
  return choose (layer->inputs, next ? next->inputs : layer->inputs);
}

/* len(layers) is the place of the copy's first layer while the list of the copy is being made. */
static char *
get_source (const BfCode *code, const BfPlanLayer *layer)
{
  const BfPlanLayer *from = &code->plan->layers[layer->from];
  const BfBlock *block = code->spec->blocks->pdata[layer->block];
  guint first;

  for (first = layer->index; first > 0 && code->plan->layers[first - 1].block == layer->block
                             && code->plan->layers[first - 1].copy == layer->copy; first--)
    ;
  if (block->count > 1 && from->block == layer->block)
    return g_strdup_printf ("len(layers) + %u", from->index - first);
  return g_strdup_printf ("%u", from->index);
}

void
bf_code_print_activation (BfCode *code, const BfPlanLayer *layer)
{
  const BfKind *function = bf_options_get_kind (bf_options_choice (layer->layer->options, "function"));

  bf_code_add (code, "%s", bf_code_find_word (code->framework->activations, function->id));
}

void
bf_code_print_add (BfCode *code, const BfPlanLayer *layer)
{
  g_autofree char *source = get_source (code, layer);
  g_autofree char *inputs = bf_code_width (code, &code->plan->layers[layer->from], TRUE);
  g_autofree char *outputs = g_strdup_printf ("%u", layer->outputs);
  g_autoptr (GString) projection = g_string_new (code->framework->projection);

  g_string_replace (projection, "$inputs", inputs, 0);
  g_string_replace (projection, "$outputs", outputs, 0);
  if (bf_options_boolean (layer->layer->options, "projection"))
    bf_code_add (code, "Add(%s, %s)", source, projection->str);
  else
    bf_code_add (code, "Add(%s)", source);
}

static void
print_layer (BfCode *code, const BfPlanLayer *layer)
{
  const BfCodeLayer *kind = code->framework->layers;
  g_autofree char *expression = NULL;

  while (kind->id && !bf_options_is (layer->layer->options, kind->id))
    kind++;
  g_return_if_fail (kind->id);
  if (kind->print)
    kind->print (code, layer);
  else
    bf_code_add (code, "%s", expression = bf_code_fill_in (layer->layer->options, kind->expression));
}

void
bf_code_add_layers (BfCode *code)
{
  guint index = 0;

  bf_code_add (code, "layers = []\n");
  for (guint b = 0; b < code->spec->blocks->len; b++)
    {
      const BfBlock *block = code->spec->blocks->pdata[b];
      const gboolean loop = block->count > 1;

      if (block->layers->len == 0)
        continue;
      if (loop)
        bf_code_add (code, "for copy in range(%u):\n", block->count);
      bf_code_add (code, loop ? "    layers += [\n" : "layers += [\n");
      for (guint i = 0; i < block->layers->len; i++)
        {
          bf_code_add (code, loop ? "        " : "    ");
          print_layer (code, &code->plan->layers[index + i]);
          bf_code_add (code, ",\n");
        }
      bf_code_add (code, loop ? "    ]\n" : "]\n");
      index += block->count * block->layers->len;
    }
}

char *
bf_code_frozen (const BfCode *code)
{
  g_autoptr (GString) list = g_string_new ("(");

  for (guint l = 0; l < code->plan->n_layers; l++)
    if (code->plan->layers[l].layer->frozen && code->plan->layers[l].parameters > 0)
      g_string_append_printf (list, "%u, ", l);
  if (list->len == 1)
    return NULL;
  g_string_truncate (list, list->len - 1);
  g_string_append_c (list, ')');
  return g_string_free (g_steal_pointer (&list), FALSE);
}
