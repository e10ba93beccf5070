/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli bench: one measurement of the speed of training.
 */
#include "bf-cli.h"
#include "bf-cli-json.h"

#include "bf-bench.h"

#include <glib/gi18n.h>

#include "../engine/bf-kernel.h"
#include "../engine/bf-trainer.h"

static const char *const statistics_ids[] = { "off", "every", "full", NULL };

/* −1: no such word. */
static int
find_statistics (const char *id)
{
  for (int i = 0; statistics_ids[i]; i++)
    if (g_str_equal (statistics_ids[i], id))
      return i;
  return -1;
}

static void
add_whole (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
print_json (const BfBench *bench, const char *network, int threads, const char *statistics)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  bf_json_add_text (builder, "network", network);
  add_whole (builder, "threads", threads);
  bf_json_add_text (builder, "statistics", statistics);
  bf_json_add_number (builder, "steps_per_second", bench->steps_per_second);
  bf_json_add_text (builder, "kernel", bf_kernel_get_id ());
  bf_json_add_number (builder, "steps_per_cpu_second", bench->steps_per_cpu_second);
  add_whole (builder, "threads_used", bench->threads);
  add_whole (builder, "steps", (gint64) bench->steps);
  add_whole (builder, "parameters", (gint64) bench->parameters);
  bf_json_add_number (builder, "gflops", bench->steps_per_second * bench->flops / 1e9);
  bf_json_add_number (builder, "sgemm_gflops", bench->sgemm_flops / 1e9);
  bf_json_add_number (builder, "sgemm_share", bench->steps_per_second * bench->flops / bench->sgemm_flops);
  bf_json_add_number (builder, "peak_gflops", bench->peak_flops / 1e9);
  bf_json_add_number (builder, "peak_share", bench->steps_per_second * bench->flops / (bench->peak_flops * bench->threads));
  add_whole (builder, "recording_bytes_at_most", (gint64) bench->recording_bytes);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_print ("%s\n", text);
}

static void
print_words (const BfBench *bench, const char *network, const char *statistics)
{
  g_print (_("%s, threads %u, statistics %s, kernel %s: %.1f steps a second\n"), network, bench->threads, statistics,
           bf_kernel_get_id (), bench->steps_per_second);
  g_print (_("%.1f GFLOP/s in the products; CBLAS alone does %.1f on one thread at these shapes\n"),
           bench->steps_per_second * bench->flops / 1e9, bench->sgemm_flops / 1e9);
  g_print (_("%.0f %% of what %u thread(s) can compute at most here, %.1f GFLOP/s each\n"),
           100 * bench->steps_per_second * bench->flops / (bench->peak_flops * bench->threads), bench->threads,
           bench->peak_flops / 1e9);
}

BfExit
bf_cli_bench (int argc, char **argv)
{
  g_autofree char *network_given = NULL;
  g_autofree char *statistics_given = NULL;
  g_autofree char *folder = NULL;
  const char *network, *statistics;
  gint64 steps = 0;
  int threads = (int) bf_trainer_get_default_threads ();
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "network", 0, 0, G_OPTION_ARG_STRING, &network_given, N_("s1, s2, deep, wide, tiny, or hidden layers such as 256x20"), N_("NETWORK") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_("Threads that share a step"), N_("N") },
    { "statistics", 0, 0, G_OPTION_ARG_STRING, &statistics_given, N_("off, every (of weights and their gradients, every step) or full (of all)"), N_("WHICH") },
    { "steps", 0, 0, G_OPTION_ARG_INT64, &steps, N_("Steps to take the time of; otherwise as many as take a second"), N_("N") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_("Folder or file to take the data from"), N_("DIR") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object"), NULL },
    { NULL }
  };
  g_autoptr (GError) error = NULL;
  BfBench bench;
  BfExit code;

  if (!bf_cli_parse (NULL, _("Measures the speed of training a network that is made for measuring."),
                     entries, &argc, &argv, &code))
    return code;
  network = network_given ? network_given : "s1";
  statistics = statistics_given ? statistics_given : "off";
  if (argc != 1 || threads < 1 || threads > 256 || steps < 0 || find_statistics (statistics) < 0)
    {
      g_printerr (_("backflow-cli: bench takes --threads from 1 to 256, --statistics off, every or full, and --steps above 0.\n"));
      return BF_EXIT_USAGE;
    }
  if (!bf_bench_run (&bench, network, folder, (guint) threads, (BfBenchStatistics) find_statistics (statistics),
                     (guint64) steps, &error))
    return bf_cli_fail (error->code == BF_ERROR_INVALID ? BF_EXIT_USAGE : BF_EXIT_INPUT, error);
  if (json)
    print_json (&bench, network, threads, statistics);
  else
    print_words (&bench, network, statistics);
  return BF_EXIT_DONE;
}
