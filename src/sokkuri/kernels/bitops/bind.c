#include "bind.h"
#include "bitops/bitops.h"

static size_t bits_set(const Py_buffer *mask) {
    size_t sum = 0;
    const uint8_t *bytes = mask->buf;
    for (Py_ssize_t i = 0; i < mask->len; i++)
        for (uint8_t byte = bytes[i]; byte; byte &= (uint8_t)(byte - 1)) sum++;
    return sum;
}

/* choose_bits(codes, chosen, result): `chosen` is as long as a code. */
PyObject *bind_choose_bits(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer codes, chosen, result;
    if (!PyArg_ParseTuple(args, "y*y*w*", &codes, &chosen, &result)) return NULL;
    const size_t width = (size_t)chosen.len, kept = (bits_set(&chosen) + 7) / 8;
    int done = 0;
    if (width < 1 || kept < 1 || (size_t)codes.len % width ||
        (size_t)result.len != (size_t)codes.len / width * kept) {
        PyErr_SetString(PyExc_ValueError, "the chosen bits do not fit the codes");
    } else {
        Py_BEGIN_ALLOW_THREADS
        choose_bits(codes.buf, (size_t)codes.len / width, width, chosen.buf, result.buf, kept);
        Py_END_ALLOW_THREADS
        done = 1;
    }
    PyBuffer_Release(&codes);
    PyBuffer_Release(&chosen);
    PyBuffer_Release(&result);
    if (!done) return NULL;
    Py_RETURN_NONE;
}

static int parts_fit(const Py_buffer *starts, const Py_buffer *words, const Py_buffer *masks,
                     size_t width) {
    const size_t entries = (size_t)words->len / 4, blocks = (size_t)starts->len / 4 - 1;
    const uint32_t *first = starts->buf, *word = words->buf;
    if (starts->len < 8 || starts->len % 4 || words->len % 4 || (size_t)masks->len != entries * 8 ||
        first[0] != 0 || first[blocks] != entries)
        return 0;
    for (size_t block = 0; block < blocks; block++)
        if (first[block] > first[block + 1]) return 0;
    for (size_t i = 0; i < entries; i++)
        if ((size_t)word[i] * 8 >= width) return 0;
    return 1;
}

/* count_blocks(codes, width, starts, words, masks, result, stride) */
PyObject *bind_count_blocks(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer codes, starts, words, masks, result;
    Py_ssize_t width, stride;
    if (!PyArg_ParseTuple(args, "y*ny*y*y*w*n", &codes, &width, &starts, &words, &masks, &result,
                          &stride))
        return NULL;
    int done = 0;
    if (width < 1 || codes.len % width || !parts_fit(&starts, &words, &masks, (size_t)width) ||
        stride < starts.len / 4 - 1 || result.len != codes.len / width * stride) {
        PyErr_SetString(PyExc_ValueError, "the blocks do not fit the codes");
    } else {
        const code_blocks parts = {starts.buf, words.buf, masks.buf, (size_t)starts.len / 4 - 1};
        Py_BEGIN_ALLOW_THREADS
        count_blocks(codes.buf, (size_t)(codes.len / width), (size_t)width, &parts, result.buf,
                     (size_t)stride);
        Py_END_ALLOW_THREADS
        done = 1;
    }
    PyBuffer_Release(&codes);
    PyBuffer_Release(&starts);
    PyBuffer_Release(&words);
    PyBuffer_Release(&masks);
    PyBuffer_Release(&result);
    if (!done) return NULL;
    Py_RETURN_NONE;
}
