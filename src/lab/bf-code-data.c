/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The data of a script, in NumPy: files are read in a few lines; what the program generates from the seed
 * is generated anew by the same formulas, other points of the same kind. x is (n, inputs); y (n) or
 * (n, outputs).
 */
#include "bf-code-private.h"

#include <string.h>

#define SYSTEM_FOLDER "/usr/share/datasets/fashion-mnist"

static gboolean
is_idx (const BfCode *code)
{
  return bf_options_is (code->spec->data, "fashion-mnist") || bf_options_is (code->spec->data, "idx");
}

/* Pixels are divided by 255 whatever the split; all other scaling needs the program's own split. */
gboolean
bf_code_data_travels (const BfCode *code)
{
  return !is_idx (code) || g_str_equal (code->spec->scaling->id, "standardized");
}

static void
add_folder (BfCode *code)
{
  const BfOptions *data = code->spec->data;
  const char *own = bf_options_is (data, "idx") ? bf_options_text (data, "folder")
                    : bf_options_is (data, "csv") ? bf_options_text (data, "file") : SYSTEM_FOLDER;
  g_autofree char *folder = bf_code_string (code->options->folder ? code->options->folder : own);

  bf_code_add (code, "folder = sys.argv[1] if len(sys.argv) > 1 else %s\n", folder);
}

static void
add_idx (BfCode *code)
{
  const gboolean test = bf_code_has_part (code, BF_PART_TEST) && !code->options->weights;
  const char *set = bf_options_is (code->spec->data, "idx") ? bf_options_text (code->spec->data, "set") : "";
  g_autofree char *prefix = bf_code_string (set);

  bf_code_add (code,
    "\n\ndef read_idx(*parts):\n"
    "    \"\"\"An IDX file, compressed or not: a short header with the sizes, then a byte a pixel or label.\"\"\"\n"
    "    paths = [path for part in parts for path in sorted(Path(folder).glob(\"*\" + part + \"*\")) if %s in path.name]\n"
    "    content = (gzip.open if paths[0].suffix == \".gz\" else open)(paths[0], \"rb\").read()\n"
    "    sizes = [int.from_bytes(content[4 + 4 * i:8 + 4 * i], \"big\") for i in range(content[3])]\n"
    "    values = np.frombuffer(content, np.uint8, offset=4 + 4 * len(sizes)).reshape(sizes)\n"
    "    if values.ndim == 3 and paths[0].name.startswith(\"emnist\"):\n"
    "        values = values.transpose(0, 2, 1)  # E-MNIST's images lie on their side\n"
    "    return values.reshape(len(values), -1) if values.ndim > 1 else values\n\n\n", prefix);
  add_folder (code);
  bf_code_add (code, "x, y = read_idx(\"train-images\").astype(np.float32), read_idx(\"train-labels\").astype(np.int64)\n");
  if (test)
    bf_code_add (code, "x_test = read_idx(\"t10k-images\", \"test-images\").astype(np.float32)\n"
                       "y_test = read_idx(\"t10k-labels\", \"test-labels\").astype(np.int64)\n");
  if (strstr (set, "letters"))
    bf_code_add (code, test ? "y, y_test = y - 1, y_test - 1  # from 0\n" : "y = y - 1  # from 0\n");
}

static void
add_csv (BfCode *code)
{
  const char *target = bf_options_text (code->spec->data, "target");
  g_autofree char *quoted = bf_code_string (target);
  const gboolean header = bf_dataset_get_input_names (code->options->data) != NULL;

  add_folder (code);
  bf_code_add (code, "with open(folder, newline=\"\") as file:\n"
                     "    separator = csv.Sniffer().sniff(file.read(65536), delimiters=\",;\\t\").delimiter\n"
                     "    file.seek(0)\n"
                     "    rows = [row for row in csv.reader(file, delimiter=separator) if row]\n");
  if (header)
    bf_code_add (code, "header = rows.pop(0)\n");
  if (header && *target)
    bf_code_add (code, "target = header.index(%s)\n", quoted);
  else
    bf_code_add (code, "target = len(rows[0]) - 1\n");
  bf_code_add (code, "rng.shuffle(rows)\n"
                     "x = np.array([[float(cell) for i, cell in enumerate(row) if i != target] for row in rows], np.float32)\n");
  if (code->plan->shape.classes)
    bf_code_add (code, "classes = sorted({row[target] for row in rows})\n"
                       "y = np.array([classes.index(row[target]) for row in rows])\n");
  else
    bf_code_add (code, "y = np.array([[float(row[target])] for row in rows], np.float32)\n");
}

/* n points of `classes` classes y in turn, as x (n, 2) before the noise. */
static const BfCodeWord points[] = {
  { "blobs", "angle = 2 * np.pi * y / classes\n"
             "x = np.stack([np.cos(angle), np.sin(angle)], 1)\n" },
  { "circles", "angle, radius = 2 * np.pi * rng.random(n), (y + 1) / classes\n"
               "x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)\n" },
  { "moons", "angle, side = np.pi * rng.random(n), np.where(y == 0, 1, -1)\n"
             "x = np.stack([side * (np.cos(angle) - 0.5), side * (np.sin(angle) - 0.25)], 1) / 1.5\n" },
  { "spiral", "radius = rng.uniform(0.05, 1, n)\n"
              "angle = 2 * np.pi * (0.75 * radius + y / classes)\n"
              "x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)\n" },
  { "xor", "side = rng.choice([-1, 1], n)\n"
           "x = np.stack([side * rng.random(n), side * rng.random(n) * np.where(y == 0, 1, -1)], 1)\n" },
  { NULL }
};

static void
add_generated (BfCode *code)
{
  const BfOptions *data = code->spec->data;
  g_autofree char *noise = NULL;

  bf_code_add (code, "n = %u\n", bf_options_integer (data, "samples"));
  if (bf_options_is (data, "random-regression"))
    {
      bf_code_add (code, "x = rng.random((n, %u), dtype=np.float32)\ny = rng.random((n, 1), dtype=np.float32)\n",
                   code->plan->shape.inputs);
      return;
    }
  noise = bf_code_option (data, "noise");
  bf_code_add (code, "classes = %u\ny = np.arange(n) %% classes\n%s", code->plan->shape.classes,
               bf_code_find_word (points, bf_options_get_kind (data)->id));
  bf_code_add (code, "x = (x + rng.normal(0, %s, x.shape)).astype(np.float32)\n", noise);
}

/* Into training, validation and test parts. */
static void
add_split (BfCode *code)
{
  const guint test = bf_dataset_get_count (code->options->data, BF_PART_TEST);
  const guint validation = bf_dataset_get_count (code->options->data, BF_PART_VALIDATION);
  g_autofree char *share = bf_code_number (code->spec->validation_share);

  if (test && !is_idx (code))
    bf_code_add (code, "x, x_test, y, y_test = x[:-%u], x[-%u:], y[:-%u], y[-%u:]\n", test, test, test, test);
  if (validation)
    bf_code_add (code, "order, held_out = rng.permutation(len(x)), round(%s * len(x))\n"
                       "x_validation, y_validation = x[order[:held_out]], y[order[:held_out]]\n"
                       "x, y = x[order[held_out:]], y[order[held_out:]]\n", share);
}

static void
add_scaling (BfCode *code)
{
  const char *scaling = code->spec->scaling->id;
  const char *factor = NULL;

  if (g_str_equal (scaling, "unit") && is_idx (code))
    bf_code_add (code, "offset, scale = 0, np.float32(255)\n");
  else if (g_str_equal (scaling, "unit"))
    {
      bf_code_add (code, "offset, scale = x.min(0), x.max(0) - x.min(0)\n");
      factor = "range";
    }
  else if (g_str_equal (scaling, "standardized"))
    {
      bf_code_add (code, "offset, scale = x.mean(0), x.std(0)\n");
      factor = "spread";
    }
  else
    return;
  if (factor)
    bf_code_add (code, "scale[scale == 0] = np.inf  # without %s: 0\n", factor);
  bf_code_add (code, "x = (x - offset) / scale\n");
  if (bf_code_has_part (code, BF_PART_VALIDATION) && !code->options->weights)
    bf_code_add (code, "x_validation = (x_validation - offset) / scale\n");
  if (bf_code_has_part (code, BF_PART_TEST) && !code->options->weights)
    bf_code_add (code, "x_test = (x_test - offset) / scale\n");
}

void
bf_code_add_data (BfCode *code)
{
  if (code->options->weights && bf_code_data_travels (code))
    {
      bf_code_add (code, "x, y = weights[\"data.x\"], weights[\"data.y\"]\n");
      return;
    }
  bf_code_add (code, "rng = np.random.default_rng(%" G_GUINT64_FORMAT ")\n", code->spec->seed);
  if (is_idx (code))
    add_idx (code);
  else if (bf_options_is (code->spec->data, "csv"))
    add_csv (code);
  else
    add_generated (code);
  if (code->options->weights)
    bf_code_add (code, "x, y = x[:%u], y[:%u]  # before any split\n", code->options->samples, code->options->samples);
  else
    add_split (code);
  add_scaling (code);
}
