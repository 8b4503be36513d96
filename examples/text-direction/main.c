/* Says whether a strip of text stands upright or upside down.
 *
 *     cc main.c direction.o -o direction && ./direction strip.pgm
 *
 * direction.o and direction.h come from `mlc compile model.onnx -o direction.o --shape x=1x3x48x192`. Nothing else is linked.
 */
#include "direction.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HEIGHT = 48, WIDTH = 192 };

static float image[3][HEIGHT][WIDTH];
static float scores[2];
static _Alignas(DIRECTION_ARENA_ALIGN) char arena[DIRECTION_ARENA_BYTES];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s STRIP.pgm (binary grey, %d x %d)\n", argv[0], WIDTH, HEIGHT);
    return 2;
  }
  FILE *file = fopen(argv[1], "rb");
  int width, height, white;
  if (!file || fscanf(file, "P5 %d %d %d", &width, &height, &white) != 3 || width != WIDTH || height != HEIGHT || white != 255 ||
      fgetc(file) == EOF) {
    fprintf(stderr, "%s: not a grey picture of %d x %d\n", argv[1], WIDTH, HEIGHT);
    return 1;
  }
  for (int y = 0; y < HEIGHT; ++y)
    for (int x = 0; x < WIDTH; ++x) {
      int grey = fgetc(file);
      if (grey == EOF) {
        fprintf(stderr, "%s: cut off\n", argv[1]);
        return 1;
      }
      for (int c = 0; c < 3; ++c)
        image[c][y][x] = ((float)grey - 127.5f) / 127.5f;
    }
  fclose(file);

  double start = now();
  int error = direction_run((const void *)image, (void *)scores, arena);
  if (error) {
    fprintf(stderr, "the model failed with error %d\n", error);
    return 1;
  }
  double first = now() - start;
  int runs = 100;
  start = now();
  for (int i = 0; i < runs; ++i)
    direction_run((const void *)image, (void *)scores, arena);
  printf("%s: the text stands %s (%.1f %% sure); first run %.2f ms, then %.2f ms each\n", argv[1],
         scores[0] > scores[1] ? "upright" : "upside down", 100.0 * (scores[0] > scores[1] ? scores[0] : scores[1]), first,
         (now() - start) / runs);
  return 0;
}
