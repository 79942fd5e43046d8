# Writes the small synthetic csv files of tests/reference/data. Run from the repository root:
#     Rscript tests/reference/make_data.R
# The data are invented: seeded random numbers, no person or company stands behind them.

out <- "tests/reference/data"
save <- function(frame, name) {
  write.csv(frame, file.path(out, name), row.names = FALSE, na = "", quote = FALSE)
}
pick <- function(n, values, probability = NULL) sample(values, n, replace = TRUE, prob = probability)
lose <- function(x, share) { x[runif(length(x)) < share] <- NA; x }

channels <- c("app", "branch", "call", "chat")
quarters <- c("2025Q1", "2025Q2", "2025Q3", "2025Q4")

# Answers of `size` people of one branch, with an effect of the branch, the channel and the quarter.
answers <- function(size, effect, shares = c(.35, .25, .25, .15)) {
  channel <- pick(size, channels, shares)
  quarter <- pick(size, quarters)
  mood <- effect + c(app = .3, branch = .2, call = -.3, chat = -.1)[channel] +
    .08 * match(quarter, quarters) + rnorm(size)
  overall <- pmin(5, pmax(1, round(3.6 + mood)))
  recommend <- pmin(10, pmax(0, round(7.2 + 1.7 * mood + rnorm(size))))
  resolved <- as.integer(runif(size) < plogis(1 + .8 * mood))
  visits <- 1L + rpois(size, 2)
  spend <- round(visits * exp(2.5 + .15 * mood + .5 * rnorm(size)), 2)
  wait <- 5 * pmin(12, rgeom(size, .25 + .1 * (channel == "app")))
  data.frame(channel, quarter, overall = lose(overall, .08), recommend = lose(recommend, .12),
             resolved = lose(resolved, .15), spend = lose(spend, .10), visits, wait = lose(wait, .05))
}

# Strata are region x zone; a branch is a PSU; `fpc` is the number of branches in the stratum's population.
sampled_branches <- function(design, first_id, mean_size, shares = c(.35, .25, .25, .15)) {
  id <- first_id
  parts <- list()
  for (row in seq_len(nrow(design))) {
    stratum <- design[row, ]
    for (k in seq_len(stratum$psus)) {
      size <- 3L + rpois(1, mean_size - 3)
      base_weight <- stratum$fpc / stratum$psus * runif(1, 4, 9)
      part <- answers(size, rnorm(1, stratum$effect, .45), shares)
      parts[[length(parts) + 1]] <- data.frame(
        weight = round(base_weight * runif(size, .7, 1.4), 3), region = stratum$region, zone = stratum$zone,
        branch = id, part, fpc = stratum$fpc)
      id <- id + sample(1:3, 1)
    }
  }
  do.call(rbind, parts)
}
shuffled <- function(frame) frame[sample(nrow(frame)), ]

# straddle.csv: branches straddle channels and quarters; zone 1 and 2 exist in every region.
set.seed(20250101)
design <- data.frame(
  region = rep(c("north", "south", "west"), each = 2), zone = rep(1:2, 3),
  psus = c(9, 7, 6, 8, 5, 4), fpc = c(40, 21, 30, 64, 12, 9), effect = c(0, .3, -.2, .1, .4, -.3))
straddle <- sampled_branches(design, 101, 10.5)
with_chat <- !(straddle$region == "west" & straddle$zone == 2)     # one stratum has no chat at all
straddle$channel[straddle$channel == "chat" & !with_chat] <- "call"
silent <- unique(straddle$branch)[c(3, 20)]                        # two branches never ask whether it was resolved
straddle$resolved[straddle$branch %in% silent] <- NA
save(shuffled(straddle), "straddle.csv")

# lone.csv: stratum west x 2 has one PSU. No `chat` there; `app` is met by one PSU only of stratum south x 1 (which has 3).
set.seed(20250102)
design <- data.frame(
  region = c("north", "north", "south", "south", "west", "west"), zone = c(1, 2, 1, 2, 1, 2),
  psus = c(4, 3, 3, 4, 3, 1), fpc = c(20, 9, 15, 16, 8, 6), effect = c(0, .3, -.2, .1, .4, .6))
lone <- sampled_branches(design, 501, 9)
in_lone <- lone$region == "west" & lone$zone == 2
lone$channel[in_lone & lone$channel == "chat"] <- "call"
in_south <- lone$region == "south" & lone$zone == 1
lone$channel[in_south & lone$channel == "app" & lone$branch != min(lone$branch[in_south])] <- "branch"
save(shuffled(lone), "lone.csv")

# nested_ids.csv: PSU ids start again at 1 in every stratum, so they are unique within strata only.
set.seed(20250103)
nested <- do.call(rbind, lapply(1:4, function(h) {
  psus <- c(5, 3, 4, 6)[h]
  do.call(rbind, lapply(seq_len(psus), function(k) {
    size <- 2L + rpois(1, 3)
    effect <- rnorm(1, 0, .6)
    data.frame(stratum = c("A", "B", "C", "D")[h], psu = k, weight = round(runif(size, 5, 25), 2),
               group = pick(size, c("new", "old")), score = pmin(10, pmax(0, round(6 + effect + 2 * rnorm(size)))),
               amount = lose(round(exp(3 + .3 * effect + .6 * rnorm(size)), 2), .1), fpc = c(25, 12, 16, 60)[h])
  }))
}))
save(shuffled(nested), "nested_ids.csv")

# rows.csv: rows are their own PSUs; `fpc` is the number of rows in the stratum's population.
set.seed(20250104)
sizes <- c(small = 40, medium = 30, large = 20)
rows <- do.call(rbind, lapply(names(sizes), function(h) {
  size <- sizes[[h]]
  shift <- c(small = 0, medium = .5, large = 1)[[h]]
  data.frame(stratum = h, weight = round(c(small = 30, medium = 12, large = 3)[[h]] * runif(size, .6, 1.5), 3),
             group = pick(size, c("basic", "plus", "pro"), c(.5, .3, .2)),
             score = lose(pmin(10, pmax(0, round(6 + shift + 2 * rnorm(size)))), .1),
             happy = lose(as.integer(runif(size) < .6 + .1 * shift), .1),
             amount = round(exp(3 + .4 * shift + .5 * rnorm(size)), 2),
             fpc = c(small = 1200, medium = 360, large = 60)[[h]])
}))
rows <- rows[!(rows$stratum == "large" & rows$group == "basic"), ]   # one group is not met in one stratum
save(shuffled(rows), "rows.csv")
