/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The script in PyTorch: layers in a list, run by nn.Sequential, or by a module of three lines where a
 * layer adds an earlier one's output.
 */
#include "bf-code-private.h"

#include <glib/gi18n-lib.h>

static const BfCodeWord activations[] = {
  { "sigmoid", "nn.Sigmoid()" }, { "tanh", "nn.Tanh()" }, { "relu", "nn.ReLU()" }, { "leaky-relu", "nn.LeakyReLU(0.01)" },
  { "elu", "nn.ELU()" }, { "selu", "nn.SELU()" }, { "gelu", "nn.GELU()" }, { "silu", "nn.SiLU()" },
  { "softplus", "nn.Softplus()" }, { "softsign", "nn.Softsign()" }, { "hard-tanh", "nn.Hardtanh()" },
  { "hard-sigmoid", "nn.Hardsigmoid()" }, { "hard-swish", "nn.Hardswish()" }, { "relu6", "nn.ReLU6()" },
  { "mish", "nn.Mish()" }, { "linear", "nn.Identity()" },
  { NULL }
};

/* A function of the weight tensor; $id stands for a parameter. */
static const BfCodeWord starts[] = {
  { "framework-default", "" },
  { "normal", "lambda w: nn.init.normal_(w, $mean, $std)" },
  { "uniform", "lambda w: nn.init.uniform_(w, $low, $high)" },
  { "glorot-uniform", "nn.init.xavier_uniform_" },
  { "glorot-normal", "nn.init.xavier_normal_" },
  { "he-uniform", "lambda w: nn.init.kaiming_uniform_(w, nonlinearity=\"relu\")" },
  { "he-normal", "lambda w: nn.init.kaiming_normal_(w, nonlinearity=\"relu\")" },
  { "lecun-normal", "lambda w: nn.init.kaiming_normal_(w, nonlinearity=\"linear\")" },
  { "orthogonal", "lambda w: nn.init.orthogonal_(w, $gain)" },
  { "constant", "lambda w: nn.init.constant_(w, $value)" },
  { "identity", "nn.init.eye_" },
  { "lsuv", "nn.init.orthogonal_" },
  { NULL }
};

static void
print_dense (BfCode *code, const BfPlanLayer *layer)
{
  const BfOptions *start = bf_options_choice (layer->layer->options, "start");
  g_autofree char *inputs = bf_code_width (code, layer, FALSE);
  g_autofree char *function = bf_code_fill_in (start, bf_code_find_word (starts, bf_options_get_kind (start)->id));
  const char *bias = bf_options_boolean (layer->layer->options, "bias") ? "" : ", bias=False";

  if (*function)
    bf_code_add (code, "dense(%s, %u, %s%s)", inputs, layer->outputs, function, bias);
  else
    bf_code_add (code, "nn.Linear(%s, %u%s)", inputs, layer->outputs, bias);
}

static void
print_batch_norm (BfCode *code, const BfPlanLayer *layer)
{
  const BfOptions *options = layer->layer->options;
  g_autofree char *width = bf_code_width (code, layer, FALSE);

  bf_code_add (code, "nn.BatchNorm1d(%s", width);
  bf_code_add_keyword (code, options, "epsilon", "eps", 1e-5);
  bf_code_add_keyword (code, options, "momentum", "momentum", 0.1);
  bf_code_add (code, "%s%s)", bf_options_boolean (options, "affine") ? "" : ", affine=False",
               bf_options_is (bf_options_choice (options, "statistics"), "batch") ? ", track_running_stats=False" : "");
}

static void
print_layer_norm (BfCode *code, const BfPlanLayer *layer)
{
  g_autofree char *width = bf_code_width (code, layer, FALSE);

  bf_code_add (code, "nn.LayerNorm(%s", width);
  bf_code_add_keyword (code, layer->layer->options, "epsilon", "eps", 1e-5);
  bf_code_add (code, "%s)", bf_options_boolean (layer->layer->options, "affine") ? "" : ", elementwise_affine=False");
}

static const BfCodeLayer layers[] = {
  { "activation", NULL, bf_code_print_activation, NULL },
  { "add", NULL, bf_code_print_add,
    "class Add(nn.Module):\n"
    "    \"\"\"Adds the output of the layer at `source` in the list: a short way for the gradient.\"\"\"\n\n"
    "    def __init__(self, source, projection=None):\n"
    "        super().__init__()\n"
    "        self.source = source\n"
    "        self.projection = projection or nn.Identity()\n\n"
    "    def forward(self, x, earlier):\n"
    "        return x + self.projection(earlier)\n\n\n"
    "class Network(nn.Module):\n"
    "    def __init__(self, layers):\n"
    "        super().__init__()\n"
    "        self.layers = nn.ModuleList(layers)\n\n"
    "    def forward(self, x):\n"
    "        outputs = []\n"
    "        for layer in self.layers:\n"
    "            x = layer(x, outputs[layer.source]) if isinstance(layer, Add) else layer(x)\n"
    "            outputs.append(x)\n"
    "        return x\n" },
  { "batch-norm", NULL, print_batch_norm, NULL },
  { "dense", NULL, print_dense, NULL },
  { "dropout", "nn.Dropout($rate)", NULL, NULL },
  { "gradient-norm", "GradientNorm()", NULL,
    "class NormalizeGradient(torch.autograd.Function):\n"
    "    @staticmethod\n"
    "    def forward(context, x):\n"
    "        return x.clone()\n\n"
    "    @staticmethod\n"
    "    def backward(context, gradient):\n"
    "        return (gradient - gradient.mean()) / (gradient.std() + 1e-6)\n\n\n"
    "class GradientNorm(nn.Module):\n"
    "    \"\"\"Passes back a gradient of mean 0 and variance 1, whatever came.\"\"\"\n\n"
    "    def forward(self, x):\n"
    "        return NormalizeGradient.apply(x)\n" },
  { "layer-norm", NULL, print_layer_norm, NULL },
  { "tensor-norm", "TensorNorm()", NULL,
    "class TensorNorm(nn.Module):\n"
    "    \"\"\"All values of a batch together to mean 0 and variance 1.\"\"\"\n\n"
    "    def forward(self, x):\n"
    "        return (x - x.mean()) / x.std()\n" },
  { NULL }
};

static gboolean
needs_dense (const BfCode *code)
{
  for (guint i = 0; starts[i].id; i++)
    if (*starts[i].code && bf_code_has_start (code, starts[i].id))
      return TRUE;
  return FALSE;
}

static void
add_classes (BfCode *code)
{
  for (guint i = 0; layers[i].id; i++)
    if (layers[i].class && bf_code_has_layer (code, layers[i].id))
      bf_code_add (code, "\n\n%s", layers[i].class);
  if (needs_dense (code))
    bf_code_add (code, "\n\ndef dense(inputs, units, start, bias=True):\n"
                       "    layer = nn.Linear(inputs, units, bias)\n"
                       "    start(layer.weight)\n"
                       "    if bias:\n        nn.init.zeros_(layer.bias)\n"
                       "    return layer\n");
}

static void
add_model (BfCode *code)
{
  add_classes (code);
  bf_code_add (code, "\n\n");
  bf_code_add_layers (code);
  if (code->stages->len == 0 || bf_code_has_start (code, "lsuv"))
    bf_code_add (code, "model = %s\n", bf_code_has_layer (code, "add") ? "Network(layers)" : "nn.Sequential(*layers)");
}

/* Each layer so that its output for the first batch has variance 1 (Mishkin & Matas 2016). */
static void
add_lsuv (BfCode *code)
{
  GString *places = g_string_new (NULL);

  for (guint w = 0; w < code->plan->n_weighted; w++)
    {
      const guint index = code->plan->weighted[w];

      if (bf_options_is (bf_options_choice (code->plan->layers[index].layer->options, "start"), "lsuv"))
        g_string_append_printf (places, "%u, ", index);
    }
  if (places->len > 0)
    bf_code_add (code,
      "\nfor i in (%.*s):  # LSUV: outputs of variance 1 for the first batch\n"
      "    seen = []\n"
      "    hook = layers[i].register_forward_hook(lambda layer, x, y: seen.append(y))\n"
      "    with torch.no_grad():\n"
      "        model(x[:%u])\n"
      "        layers[i].weight /= seen[0].std()\n"
      "    hook.remove()\n", (int) places->len - 1, places->str, code->spec->batch);
  g_string_free (places, TRUE);
}

static void
add_optimizer (BfCode *code, gboolean frozen)
{
  static const BfCodeWord classes[] = {
    { "sgd", "SGD" }, { "rmsprop", "RMSprop" }, { "adagrad", "Adagrad" }, { "adam", "Adam" }, { "adamw", "AdamW" },
    { "nadam", "NAdam" }, { NULL }
  };
  static const struct { const char *id, *keyword; } keywords[] = {
    { "alpha", "alpha" }, { "momentum", "momentum" }, { "epsilon", "eps" }, { "rate_decay", "lr_decay" },
    { "momentum_decay", "momentum_decay" }, { "weight_decay", "weight_decay" },
  };
  const BfOptions *optimizer = code->spec->optimizer;
  const BfKind *kind = bf_options_get_kind (optimizer);
  g_autofree char *rate = bf_code_number (code->spec->learning_rate);

  if (g_str_equal (kind->id, "nadam"))
    bf_code_add (code, "# PyTorch 1.13 multiplies one factor of NAdam twice; from 2.0 on the steps are Backflow's.\n");
  bf_code_add (code, "optimizer = torch.optim.%s(%s, lr=%s", bf_code_find_word (classes, kind->id),
               frozen ? "[p for p in model.parameters() if p.requires_grad]" : "model.parameters()", rate);
  if (bf_kind_find_param (kind, "beta1"))
    {
      g_autofree char *beta1 = bf_code_option (optimizer, "beta1");
      g_autofree char *beta2 = bf_code_option (optimizer, "beta2");

      bf_code_add (code, ", betas=(%s, %s)", beta1, beta2);
    }
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (bf_kind_find_param (kind, keywords[i].id))
      {
        const gboolean always = g_str_equal (keywords[i].id, "epsilon") || g_str_equal (kind->id, "adamw");

        bf_code_add_keyword (code, optimizer, keywords[i].id, keywords[i].keyword, always ? -1 : 0);
      }
  if (bf_kind_find_param (kind, "nesterov") && bf_options_boolean (optimizer, "nesterov"))
    bf_code_add (code, ", nesterov=True");
  bf_code_add (code, ")\n");
}

static void
add_clipping (BfCode *code)
{
  static const BfCodeWord words[] = {
    { "value", "        nn.utils.clip_grad_value_(model.parameters(), $limit)\n" },
    { "norm", "        for parameter in model.parameters():\n"
              "            if parameter.grad is not None:\n"
              "                nn.utils.clip_grad_norm_(parameter, $limit)\n" },
    { "global-norm", "        nn.utils.clip_grad_norm_(model.parameters(), $limit)\n" },
    { NULL }
  };
  const BfOptions *clipping = code->spec->clipping;
  g_autofree char *lines = NULL;

  if (bf_options_is (clipping, "none"))
    return;
  lines = bf_code_fill_in (clipping, bf_code_find_word (words, bf_options_get_kind (clipping)->id));
  bf_code_add (code, "%s", lines);
}

static void
add_tensors (BfCode *code)
{
  static const char *const parts[] = { "", "_validation", "_test" };
  const BfShape *shape = &code->plan->shape;
  const gboolean one_hot = shape->classes && bf_options_is (code->spec->loss, "mse");

  for (guint part = 0; part < (code->options->weights ? 1 : BF_N_PARTS); part++)
    if (code->options->weights || bf_code_has_part (code, (BfPart) part))
      {
        bf_code_add (code, "x%s, y%s = torch.tensor(x%s), torch.tensor(y%s)\n", parts[part], parts[part], parts[part], parts[part]);
        if (one_hot)
          bf_code_add (code, "y%s = nn.functional.one_hot(y%s, %u).float()\n", parts[part], parts[part], shape->classes);
      }
}

static void
add_evaluate (BfCode *code)
{
  const gboolean classes = code->plan->shape.classes > 0;
  const gboolean one_hot = classes && bf_options_is (code->spec->loss, "mse");

  if (!bf_code_has_part (code, BF_PART_VALIDATION) && !bf_code_has_part (code, BF_PART_TEST))
    return;
  bf_code_add (code, "\n\ndef evaluate(x, y):\n"
                     "    \"\"\"Mean loss%s.\"\"\"\n"
                     "    model.eval()\n"
                     "    with torch.no_grad():\n"
                     "        output = torch.cat([model(part) for part in x.split(%u)])\n"
                     "    loss = loss_function(output, y).item()\n", classes ? " and accuracy" : "", code->spec->batch);
  if (classes)
    bf_code_add (code, "    accuracy = (output.argmax(1) == %s).float().mean().item()\n"
                       "    return f\"loss {loss:.4f}, accuracy {accuracy:.1%%}\"\n\n", one_hot ? "y.argmax(1)" : "y");
  else
    bf_code_add (code, "    return f\"loss {loss:.4f}\"\n\n");
}

/* A stage's network: the layers up to its last one, and a new output layer. */
static void
add_stage (BfCode *code)
{
  const BfPlanLayer *output = &code->plan->layers[code->plan->weighted[code->plan->n_weighted - 1]];

  bf_code_add_stages (code, "nn.Linear");
  bf_code_add (code, "part = layers[:starts[last]] + [nn.Linear(layers[starts[last - 1]].out_features, %u%s)] + layers[starts[-1] + 1:]\n"
                     "for i, layer in enumerate(layers):\n"
                     "    layer.requires_grad_(i >= starts[first - 1])\n"
                     "model = %s\n", output->outputs,
               bf_options_boolean (output->layer->options, "bias") ? "" : ", bias=False",
               bf_code_has_layer (code, "add") ? "Network(part)" : "nn.Sequential(*part)");
}

static void
add_epochs (BfCode *code, gboolean scheduled)
{
  bf_code_add (code, "\nfor epoch in range(1, %u):\n"
                     "    model.train()\n"
                     "    losses = []\n"
                     "    for batch in torch.randperm(len(x)).split(%u):\n", bf_code_get_epochs (code) + 1, code->spec->batch);
  if (bf_code_has_layer (code, "batch-norm"))
    bf_code_add (code, "        if len(batch) == 1:\n            continue  # batch norm needs two\n");
  bf_code_add (code, "        optimizer.zero_grad()\n"
                     "        loss = loss_function(model(x[batch]), y[batch])\n"
                     "        loss.backward()\n");
  add_clipping (code);
  bf_code_add (code, "        optimizer.step()\n%s"
                     "        losses.append(loss.item())\n"
                     "    print(f\"Epoch {epoch}: training loss {np.mean(losses):.4f}\"%s)\n",
               scheduled ? "        scheduler.step()\n" : "",
               bf_code_has_part (code, BF_PART_VALIDATION) ? ", \"validation\", evaluate(x_validation, y_validation)" : "");
}

static void
add_training (BfCode *code)
{
  g_autofree char *frozen = bf_code_frozen (code);
  const gboolean scheduled = bf_code_add_schedule (code), stages = code->stages->len > 0;
  gsize body;

  add_lsuv (code);
  add_evaluate (code);
  body = code->text->len;
  if (stages)
    add_stage (code);
  if (frozen)
    bf_code_add (code, "for i in %s:\n    layers[i].requires_grad_(False)  # frozen\n", frozen);
  add_optimizer (code, frozen != NULL || stages);
  if (scheduled)
    bf_code_add (code, "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)\n");
  add_epochs (code, scheduled);
  if (stages)
    bf_code_indent_stage (code, body);
  if (bf_code_has_part (code, BF_PART_TEST))
    bf_code_add (code, "print(\"Test\", evaluate(x_test, y_test))\n");
}

/* The loss in double, as the program has it, so that it is finite for any finite output. */
static void
add_parity (BfCode *code)
{
  bf_code_add (code, "\nmodel.load_state_dict({name: torch.tensor(value) for name, value in weights.items()\n"
                     "                       if not name.startswith(\"data.\")}%s)\n",
               bf_code_has_layer (code, "batch-norm") ? ", strict=False" : "");
  bf_code_add (code, "model.train()\n");
  if (bf_code_has_layer (code, "dropout"))
    bf_code_add (code, "for layer in layers:\n    if isinstance(layer, nn.Dropout):\n        layer.eval()\n");
  bf_code_add (code,
      "for layer in layers:  # sums in double precision, as Backflow's: not to compare how they are rounded\n"
      "    if isinstance(layer, (nn.Linear, nn.BatchNorm1d, nn.LayerNorm)):\n"
      "        layer.double().register_forward_pre_hook(lambda layer, inputs: inputs[0].double())\n"
      "        layer.register_forward_hook(lambda layer, inputs, output: output.float())\n");
  bf_code_add (code, "loss = loss_function(model(x).double(), y%s)\n"
                     "loss.backward()\n"
                     "loss = loss.item()\n"
                     "norms = [layer.weight.grad.float().double().norm().item() for layer in layers if isinstance(layer, nn.Linear)]\n",
               bf_options_is (code->spec->loss, "mse") ? ".double()" : "");
  bf_code_add_result (code);
}

static void
print (BfCode *code)
{
  const gboolean parity = code->options->weights != NULL;

  bf_code_add (code, "torch.manual_seed(%" G_GUINT64_FORMAT ")\n", code->spec->seed);
  if (!code->spec->subnormals)
    bf_code_add (code, "torch.set_flush_denormal(True)  # numbers below 1.2e-38 are 0, which is faster\n");
  if (parity)
    bf_code_add_reader (code);
  bf_code_add_data (code);
  add_tensors (code);
  add_model (code);
  bf_code_add (code, "loss_function = nn.%s()\n", bf_options_is (code->spec->loss, "mse") ? "MSELoss" : "CrossEntropyLoss");
  if (parity)
    add_parity (code);
  else
    add_training (code);
  bf_code_add_head (code, "PyTorch", "import torch\nfrom torch import nn\n");
}

const BfCodeFramework bf_code_pytorch = {
  { "pytorch", N_("PyTorch"), N_("A script for PyTorch 1.13 or newer"), NULL },
  print, activations, layers, "nn.Linear($inputs, $outputs, bias=False)",
};
