# Sample sizes: power.prop.test and power.t.test, exact power of the binomial test by summing, and the smallest n whose
# interval is narrow enough by search over prop.test (Wilson), qbeta (Clopper-Pearson), qt (means) and Rocks' formula (NPS).
# `n` is the smallest whole number that is enough; `n_r` what R's function gives before rounding up.
source("tests/reference/helpers.R")
cases <- list()
add <- function(arguments, n, ...) cases[[length(cases) + 1]] <<- c(list(arguments = arguments), list(n = ceiling(n - 1e-9)), list(...))

# ---- differences of shares, in percent, and of means ---------------------------------------------------------------
for (p in list(c(70, 75), c(50, 60), c(90, 85), c(5, 10), c(70, 71))) for (power in c(.8, .9)) for (level in c(.95, .90))
  for (alternative in c("two-sided", "one-sided")) {
    r <- power.prop.test(p1 = p[1] / 100, p2 = p[2] / 100, power = power, sig.level = 1 - level,
                         alternative = sub("-", ".", alternative), tol = 1e-10)
    add(list(share = p[1], difference = p[2] - p[1], power = power, level = level, alternative = alternative), r$n, n_r = r$n)
  }
kinds <- list("two.sample" = list(against = "wave"), "one.sample" = list(against = "value"),
              "paired" = list(against = "wave", overlap = 1, correlation = .5))
for (kind in names(kinds)) for (d in c(.2, .5, 1)) for (sd in c(1, 2.5)) for (alternative in c("two-sided", "one-sided")) {
  # correlated .5, the difference of two answers has the sd of one
  r <- power.t.test(delta = d, sd = sd, power = .8, type = kind, alternative = sub("-", ".", alternative), tol = 1e-10)
  add(c(list(sd = sd, difference = d, alternative = alternative), kinds[[kind]]), r$n, n_r = r$n)
}

# ---- a share against a value: the exact test --------------------------------------------------------------------------
exact_power <- function(n, p0, p1, tail) { x <- qbinom(1 - tail, n, p0); 1 - pbinom(x, n, p1) }  # rejects above x
for (case in list(c(70, 80), c(50, 60), c(10, 15), c(80, 90))) for (alternative in c("two-sided", "one-sided")) {
  tail <- if (alternative == "two-sided") .025 else .05
  p0 <- case[1] / 100; p1 <- case[2] / 100
  sizes <- 2:5000; powers <- exact_power(sizes, p0, p1, tail)
  n <- max(sizes[powers < .8]) + 1                                  # from here on the power is never below .8 again
  x <- qbinom(1 - tail, n, p0) + 1                                  # binom.test rejects at x and not at x - 1
  rejects <- function(x) binom.test(x, n, p0, alternative = "greater")$p.value <= tail
  stopifnot(rejects(x), !rejects(x - 1))
  for (sign in c(1, -1)) {
    share <- if (sign == 1) case[1] else 100 - case[1]
    add(list(share = share, difference = sign * (case[2] - case[1]), against = "value", method = "korn-graubard",
             alternative = alternative), n, power = powers[sizes == n])
  }
}

# ---- intervals -----------------------------------------------------------------------------------------------------------
smallest <- function(half_width, wanted) { n <- 2; while (half_width(n) > wanted + 1e-12) n <- n + 1; n }
wilson <- function(p, level) function(n) diff(suppressWarnings(prop.test(n * p, n, conf.level = level, correct = FALSE)$conf.int)) / 2
exact <- function(p, level) function(n) { a <- (1 - level) / 2
  (qbeta(1 - a, n * p + 1, n * (1 - p)) - qbeta(a, n * p, n * (1 - p) + 1)) / 2 }
student <- function(sd, level) function(n) qt(1 - (1 - level) / 2, n - 1) * sd / sqrt(n)
rocks <- function(p, d, level) function(n) {                        # three answers more: 3/4, 3/2, 3/4
  m <- n + 3; p <- (n * p + .75) / m; d <- (n * d + .75) / m
  qnorm(1 - (1 - level) / 2) * sqrt((p + d - (p - d)^2) / m) }
for (level in c(.95, .90)) {
  for (p in c(50, 70, 95, 2)) for (h in c(3, 5, 1.5)) {
    add(list(share = p, half_width = h, level = level), smallest(wilson(p / 100, level), h / 100))
    add(list(share = p, half_width = h, level = level, method = "korn-graubard"), smallest(exact(p / 100, level), h / 100))
  }
  for (h in c(.5, .1)) add(list(sd = 1.2, half_width = h, level = level), smallest(student(1.2, level), h))
  for (pd in list(c(45, 20), c(20, 20), c(70, 5))) for (h in c(5, 10))
    add(list(promoters = pd[1], detractors = pd[2], half_width = h, level = level), smallest(rocks(pd[1] / 100, pd[2] / 100, level), h / 100))
}
# ---- finite population, design effect, clusters: the t interval of a mean ----------------------------------------------------
designed <- function(sd, deff, N, m = 1) function(n) qt(.975, n / m - 1) * sd * sqrt(deff * (1 - n / N) / n)
for (N in c(200, 1000, 10000)) for (deff in c(1, 1.6))
  add(list(sd = 30, half_width = 4, population = N, design_effect = deff), smallest(designed(30, deff, N), 4))
for (m in c(5, 20)) for (icc in c(.02, .1)) {
  k <- 2; half <- designed(30, 1 + (m - 1) * icc, Inf, m); while (half(k * m) > 4) k <- k + 1
  add(list(sd = 30, half_width = 4, cluster_size = m, icc = icc), k * m)
}
names(cases) <- sprintf("%03d", seq_along(cases))
write_json(cases, file.path(folder, "11_sample_size.json"), digits = NA, auto_unbox = TRUE, pretty = TRUE)
cat("11_sample_size.json :", length(cases), "cases\n")
