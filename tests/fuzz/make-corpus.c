/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Writes the first inputs of the targets "checkpoint" and "snapshot": make-corpus FOLDER (tests/fuzz/corpus).
 */
#include "bf-snapshot-pack.h"
#include "training.h"

/* The first byte is for the target; with it the header goes, which the target makes anew. */
static void
write_part (const char *folder, const char *name, GBytes *bytes, guint8 first)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  const gsize skip = first & 1 ? HEADER : 0;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;

  g_byte_array_append (content, &first, 1);
  g_byte_array_append (content, data + skip, (guint) (size - skip));
  if (!g_file_set_contents (path, (const char *) content->data, content->len, &error))
    g_error ("%s", error->message);
  g_bytes_unref (bytes);
}

int
main (int argc, char **argv)
{
  static const guint steps[] = { 0, 3, 11 };   /* before any, in the first stage, in the second */

  if (argc != 2)
    g_error ("usage: make-corpus FOLDER");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (BfTrainer) trainer = bf_fuzz_trainer ();
      g_autofree char *checkpoint = g_strdup_printf ("checkpoint/step-%u", steps[i]);
      g_autofree char *snapshot_name = g_strdup_printf ("snapshot/whole-%u", steps[i]);
      g_autoptr (BfSnapshot) snapshot = NULL;

      for (guint k = 0; k < steps[i]; k++)
        bf_trainer_step (trainer);
      snapshot = bf_trainer_snapshot (trainer);
      write_part (argv[1], checkpoint, bf_trainer_save (trainer), 1);
      write_part (argv[1], snapshot_name, bf_snapshot_pack (snapshot), 1);
      if (i != 1)
        continue;
      write_part (argv[1], "checkpoint/sealed", bf_trainer_save (trainer), 0);
      write_part (argv[1], "snapshot/sealed", bf_snapshot_pack (snapshot), 0);
      write_part (argv[1], "snapshot/head", bf_snapshot_pack_head (snapshot), 3);
      write_part (argv[1], "snapshot/columns", bf_snapshot_pack_columns (snapshot, 0, 2), 5);
      write_part (argv[1], "snapshot/frame", bf_snapshot_pack_frame (snapshot, 0), 7);
    }
  return 0;
}
