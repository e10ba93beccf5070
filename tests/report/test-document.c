/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-document.h"

#include <string.h>
#include <unistd.h>

#include "bf-export.h"
#include "pdf-text.h"

static const char experiment[] = "{ \"name\": \"Ünïcode ∇ (a) \\\\ <&>\" }";

static BfDocument *
new_document (BfPaper paper)
{
  const BfDocumentInfo info = {
    .paper = paper, .title = "A title", .footer = "the footer", .experiment = experiment, .created = 1700000000,
  };

  return bf_document_new (&info);
}

static const BfDocumentColumn columns[] = { { "Name", FALSE }, { "Value", TRUE }, { "Words", FALSE } };

static void
add_rows (BfDocument *document, guint n, const char *words)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (cells, g_strdup_printf ("row%04u", i));
      g_ptr_array_add (cells, g_strdup_printf ("%u.5", i));
      g_ptr_array_add (cells, g_strdup (words));
    }
  bf_document_add_table (document, columns, G_N_ELEMENTS (columns), (const char *const *) cells->pdata, n);
}

static GBytes *
print (BfDocument *document, guint *pages)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = bf_document_print (document, pages, &error);

  g_assert_no_error (error);
  g_assert_cmpint (memcmp (g_bytes_get_data (bytes, NULL), "%PDF-1.4", 8), ==, 0);
  return bytes;
}

static gboolean
contains (GBytes *bytes, const char *text)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text)) != NULL;
}

static void
test_long_table_flows (void)
{
  g_autoptr (BfDocument) document = new_document (BF_PAPER_A4);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  guint pages;

  bf_document_add_text (document, BF_DOCUMENT_TITLE, "A title");
  bf_document_add_text (document, BF_DOCUMENT_HEADING, "The table");
  add_rows (document, 300, "some words beside it");
  bf_document_add_text (document, BF_DOCUMENT_BODY, "The end.");
  bytes = print (document, &pages);
  g_assert_cmpuint (pages, >=, 6);
  g_assert_cmpuint (pages, <=, 9);
  text = pdf_get_text (bytes);
  if (!text)
    return;
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *row = g_strdup_printf ("row%04u", i);
      g_assert_cmpuint (pdf_count (text, row), ==, 1);
    }
  g_assert_cmpuint (pdf_count (text, "\f"), ==, pages);
  g_assert_cmpuint (pdf_count (text, "Words"), ==, pages);   /* the head on each page */
  g_assert_cmpuint (pdf_count (text, "the footer"), ==, pages);
  for (guint page = 1; page <= pages; page++)
    {
      g_autofree char *number = g_strdup_printf ("Page %u of %u", page, pages);
      g_assert_cmpuint (pdf_count (text, number), ==, 1);
    }
}

/* A cell longer than a page, and a word wider than its column. */
static void
test_nothing_is_cut_off (void)
{
  g_autoptr (BfDocument) document = new_document (BF_PAPER_LETTER);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *word = g_strnfill (400, 'w'), *text = NULL, *joined = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint pages;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (words, "word%04u ", i);
  add_rows (document, 1, words->str);
  add_rows (document, 1, word);
  for (guint i = 0; i < 3; i++)
    bf_document_add_text (document, BF_DOCUMENT_BODY, words->str);
  bytes = print (document, &pages);
  g_assert_cmpuint (pages, >, 5);
  text = pdf_get_text (bytes);
  if (!text)
    return;
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *one = g_strdup_printf ("word%04u", i);
      g_assert_cmpuint (pdf_count (text, one), ==, 4);
    }
  g_assert_cmpuint (pdf_count (text, "w"), >=, 400);
}

static void
test_outline_and_metadata (void)
{
  g_autoptr (BfDocument) document = new_document (BF_PAPER_A4);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *carried = NULL;

  bf_document_add_text (document, BF_DOCUMENT_HEADING, "First part");
  bf_document_add_text (document, BF_DOCUMENT_SUBHEADING, "Its part");
  bf_document_add_text (document, BF_DOCUMENT_BODY, "Text.");
  bytes = print (document, NULL);
  g_assert_true (contains (bytes, "/Outlines"));
  g_assert_true (contains (bytes, "(First part)"));
  g_assert_true (contains (bytes, "(Its part)"));
  g_assert_true (contains (bytes, "(A title)"));
  g_assert_false (contains (bytes, "/Author"));
  carried = bf_export_read_experiment (bytes, "report.pdf", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (carried, ==, experiment);
}

static void
test_papers (void)
{
  static const char *const boxes[BF_N_PAPERS] = { "/MediaBox [ 0 0 595.27", "/MediaBox [ 0 0 612 792" };

  for (guint paper = 0; paper < BF_N_PAPERS; paper++)
    {
      g_autoptr (BfDocument) document = new_document (paper);
      g_autoptr (GBytes) bytes = NULL;

      bf_document_add_text (document, BF_DOCUMENT_BODY, "Text.");
      bytes = print (document, NULL);
      g_assert_true (contains (bytes, boxes[paper]));
    }
  g_assert_cmpint (bf_paper_get_default (), ==, BF_PAPER_A4);   /* tests run in the C locale */
}

static void
test_same_bytes_again (void)
{
  g_autoptr (GBytes) first = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (BfDocument) document = new_document (BF_PAPER_A4);
      g_autoptr (GBytes) bytes = NULL;

      bf_document_add_text (document, BF_DOCUMENT_HEADING, "Part");
      add_rows (document, 90, "words");
      bytes = print (document, NULL);
      if (first)
        g_assert_true (g_bytes_equal (first, bytes));
      else
        first = g_bytes_ref (bytes);
    }
}

static void
test_empty (void)
{
  g_autoptr (BfDocument) document = new_document (BF_PAPER_A4);
  g_autoptr (GBytes) bytes = NULL;
  guint pages;

  bf_document_add_text (document, BF_DOCUMENT_BODY, "");
  bf_document_add_text (document, BF_DOCUMENT_BODY, NULL);
  bf_document_add_table (document, columns, G_N_ELEMENTS (columns), NULL, 0);
  bytes = print (document, &pages);
  g_assert_cmpuint (pages, ==, 0);
}

/* A heading does not stand alone at the foot of a page. */
static void
test_heading_stays_with_its_text (void)
{
  for (guint lines = 30; lines < 60; lines++)
    {
      g_autoptr (BfDocument) document = new_document (BF_PAPER_A4);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;
      const char *heading, *body, *page;

      for (guint i = 0; i < lines; i++)
        bf_document_add_text (document, BF_DOCUMENT_BODY, "Line.");
      bf_document_add_text (document, BF_DOCUMENT_HEADING, "Heading");
      bf_document_add_text (document, BF_DOCUMENT_BODY, "Body.");
      bytes = print (document, NULL);
      text = pdf_get_text (bytes);
      if (!text)
        return;
      heading = strstr (text, "Heading");
      body = strstr (text, "Body.");
      page = strchr (heading, '\f');
      g_assert_true (heading < body && body < page);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/long-table-flows", test_long_table_flows);
  g_test_add_func ("/document/nothing-is-cut-off", test_nothing_is_cut_off);
  g_test_add_func ("/document/outline-and-metadata", test_outline_and_metadata);
  g_test_add_func ("/document/papers", test_papers);
  g_test_add_func ("/document/same-bytes-again", test_same_bytes_again);
  g_test_add_func ("/document/empty", test_empty);
  g_test_add_func ("/document/heading-stays-with-its-text", test_heading_stays_with_its_text);
  return g_test_run ();
}
