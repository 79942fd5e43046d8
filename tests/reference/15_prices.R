# Price questions: van Westendorp's crossings with the interval by inversion (svymean of the distance of two curves at each
# price, uniroot for its limits), trial after Newton, Miller and Smith (approx() for each respondent, svymean), and isoreg().
source("tests/reference/helpers.R")
cases <- list()

# ---- answers from the row number alone, on a design with strata, clusters and weights --------------------------------------
d <- read_data("straddle.csv")
i <- seq_len(nrow(d)) - 1
d$tc <- 5 + (7 * i) %% 9; d$c <- d$tc + 1 + (3 * i) %% 5; d$e <- d$c + 1 + (5 * i) %% 7; d$te <- d$e + 1 + (11 * i) %% 6
d$c[i %% 37 == 5] <- d$tc[i %% 37 == 5] - 1            # out of order
d$te[i %% 41 == 7] <- NA                               # not answered
d$at_cheap <- 5 - (13 * i) %% 5; d$at_expensive <- pmax(1, d$at_cheap - (i %% 3))
used <- !is.na(d$te) & d$tc <= d$c & d$c <= d$e & d$e <= d$te
pairs <- list(low = c("tc", "c"), optimum = c("tc", "te"), indifference = c("c", "e"), high = c("e", "te"),
              "low, narrower" = c("tc", "e"), "high, narrower" = c("c", "te"))
designs <- list(
  rows = svydesign(ids = ~1, weights = rep(1, nrow(d)), data = d),
  straddle = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d),
  "straddle, fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d))
crossings <- function(design, inside) {
  part <- subset(design, inside); x <- part$variables; df <- degf(part)
  grid <- sort(unique(unlist(x[c("tc", "c", "e", "te")])))
  distance <- function(pair, p) {                      # 1 if both answers are at or below p, -1 if neither; straight between
    below <- sapply(grid, function(g) (x[[pair[1]]] <= g) + (x[[pair[2]]] <= g) - 1)
    svymean(~.y, update(part, .y = apply(below, 1, function(y) approx(grid, y, p)$y)))
  }
  found <- sapply(pairs, function(pair) {
    inner <- range(grid)
    value <- uniroot(function(p) coef(distance(pair, p)), inner, tol = 1e-10)$root
    limit <- function(sign) {
      f <- function(p) { m <- distance(pair, p); coef(m) + sign * qt(.975, df) * SE(m) }
      uniroot(function(p) as.numeric(f(p)), value + c(-2.5, 2.5), tol = 1e-6)$root
    }
    c(value, as.numeric(SE(distance(pair, value))), limit(1), limit(-1))
  })
  list(labels = data.frame(metric = names(pairs)), n = rep(nrow(x), length(pairs)), values = found[1, ], distance_std_error = found[2, ],
       conf_low = found[3, ], conf_high = found[4, ], df = rep(df, length(pairs)))
}
for (name in names(designs)) {
  cases[[name]] <- crossings(designs[[name]], used)
  cases[[paste0(name, ", channel app")]] <- crossings(designs[[name]], used & d$channel == "app")
}

# ---- trial and revenue ----------------------------------------------------------------------------------------------------
chance <- c(0, .1, .3, .5, .7); prices <- 8:24
trial <- t(sapply(which(used), function(r) approx(
  c(d$tc[r], d$c[r], d$e[r], d$te[r]), c(0, chance[d$at_cheap[r]], chance[d$at_expensive[r]], 0), prices, yleft = 0, yright = 0,
  ties = "ordered")$y))
part <- subset(designs$straddle, used)
for (k in seq_along(prices)) part$variables[[paste0("p", k)]] <- 100 * trial[, k]
m <- svymean(reformulate(paste0("p", seq_along(prices))), part)
cases$trial <- list(labels = data.frame(metric = "trial", price = prices), values = unname(coef(m)), std_error = unname(SE(m)),
                    revenue = prices * unname(coef(m)) / 100, revenue_std_error = prices * unname(SE(m)) / 100)

# ---- pooling adjacent violators, weighted by whole numbers (a value is repeated as often) ------------------------------------
for (case in list(list(y = c(90, 92, 60, 61, 62, 10), w = c(10, 30, 20, 20, 5, 40)), list(y = c(50, 60, 70, 80), w = c(1, 2, 3, 4)),
                  list(y = c(80, 60, 65, 40, 45, 30), w = c(7, 11, 3, 9, 2, 5))))
  cases[[paste("falling", paste(case$y, collapse = " "))]] <- list(
    shares = case$y, weight = case$w, values = -isoreg(rep(-case$y, case$w))$yf[cumsum(case$w)])

save_json(cases, "15_prices.json")
