/* What the parts of the binding share.  They check every length before a kernel runs, and leave
 * Python's lock while one does.  Written for the stable ABI of Python 3.11. */
#ifndef SOKKURI_BIND_H
#define SOKKURI_BIND_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "raster.h"
#include "votes/votes.h"

/* Pixels that are held until release_pixels(). */
typedef struct {
    Py_buffer buffer;
    raster raster;
} held_pixels;

/* Take width * height pixels from a buffer or an arrow_array capsule; -1 with an error set if they
 * are not there.  Start from zeros, and release in either case. */
int hold_pixels(PyObject *source, Py_ssize_t width, Py_ssize_t height, int channels,
                held_pixels *held);
void release_pixels(held_pixels *held);

/* Take the tables of votes from their four arrays; 0 if they do not fit. */
int votes_tables_fit(const Py_buffer arrays[4], votes_tables *tables);

PyObject *bind_lanczos(PyObject *module, PyObject *args);
PyObject *bind_lanczos_spans(PyObject *module, PyObject *args);
PyObject *bind_above_mean(PyObject *module, PyObject *args);
PyObject *bind_quality_counts(PyObject *module, PyObject *args);
PyObject *bind_luma(PyObject *module, PyObject *args);
PyObject *bind_colour_counts(PyObject *module, PyObject *args);
PyObject *bind_block_sums(PyObject *module, PyObject *args);
PyObject *bind_haar_averages(PyObject *module, PyObject *args);
PyObject *bind_pdq_frequencies(PyObject *module, PyObject *args);
PyObject *bind_points(PyObject *module, PyObject *args);
PyObject *bind_join(PyObject *module, PyObject *args);
PyObject *bind_judge(PyObject *module, PyObject *args);
PyObject *bind_count_votes(PyObject *module, PyObject *args);
PyObject *bind_look(PyObject *module, PyObject *args);
PyObject *bind_look_frame(PyObject *module, PyObject *args);
PyObject *bind_hamming_all(PyObject *module, PyObject *args);
PyObject *bind_hamming_nearest(PyObject *module, PyObject *args);
PyObject *bind_hamming_within(PyObject *module, PyObject *args);
PyObject *bind_hamming_refine(PyObject *module, PyObject *args);
PyObject *bind_hamming_refine_nearest(PyObject *module, PyObject *args);
PyObject *bind_mih_sort(PyObject *module, PyObject *args);
PyObject *bind_mih_candidates(PyObject *module, PyObject *args);
PyObject *bind_mih_within(PyObject *module, PyObject *args);
PyObject *bind_choose_bits(PyObject *module, PyObject *args);
PyObject *bind_count_blocks(PyObject *module, PyObject *args);

#endif
