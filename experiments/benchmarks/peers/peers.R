# Ask the R peers. Rscript peers.R FOLDER, where FOLDER/jobs.csv lists id, file, peer and seed, and
# the files are matrices of people in rows. Answers go to FOLDER/answers.jsonl, one line a job, with
# the versions and the seconds of the call itself. Debian: r-cran-mclust r-cran-fpc r-cran-diptest
# r-cran-cluster r-cran-jsonlite r-bioc-consensusclusterplus.
suppressMessages({
  library(mclust); library(fpc); library(diptest); library(cluster)
  library(ConsensusClusterPlus); library(jsonlite)
})
pdf(NULL)

ask_mclust <- function(x, seed) {
  bic <- mclustBIC(x, G = 1:5, verbose = FALSE)
  best <- Mclust(x, x = bic, verbose = FALSE)
  one <- max(bic["1", ], na.rm = TRUE)
  more <- suppressWarnings(max(bic[2:5, ], na.rm = TRUE))
  list(claims = best$G > 1, n_groups = best$G, score = more - one, labels = best$classification)
}

ask_consensus <- function(x, seed) {
  utils::capture.output(found <- suppressMessages(ConsensusClusterPlus(t(x), maxK = 6, reps = 50,
    pItem = .8, pFeature = 1, clusterAlg = "hc", distance = "pearson",
    innerLinkage = "average", finalLinkage = "average", seed = seed, title = tempdir())))
  pac <- sapply(2:6, function(k) {
    shared <- found[[k]]$consensusMatrix
    shared <- shared[lower.tri(shared)]
    mean(shared > .1 & shared <= .9)
  })
  k <- which.min(pac) + 1
  list(claims = min(pac) < .1, n_groups = k, score = -min(pac),
    labels = as.integer(found[[k]]$consensusClass))
}

ask_clusterboot <- function(x, seed) {
  least <- -1
  for (k in 2:5) {
    one <- clusterboot(x, B = 100, bootmethod = "boot", clustermethod = kmeansCBI, krange = k,
      seed = seed, count = FALSE)
    if (min(one$bootmean) > least) {
      least <- min(one$bootmean)
      best <- one
    }
  }
  list(claims = least >= .75, n_groups = best$nc, score = least, labels = best$partition)
}

ask_gap <- function(x, seed) {
  gap <- clusGap(x, kmeans, K.max = 5, B = 60, nstart = 5, verbose = FALSE)$Tab
  k <- maxSE(gap[, "gap"], gap[, "SE.sim"], method = "firstSEmax")
  labels <- if (k > 1) kmeans(x, k, nstart = 25)$cluster else rep(1L, nrow(x))
  list(claims = k > 1, n_groups = k, labels = labels,
    score = max(gap[2:5, "gap"] - gap[2:5, "SE.sim"]) - gap[1, "gap"])
}

ask_dip <- function(x, seed) {
  found <- dip.test(x[, 1])
  list(claims = found$p.value < .05, n_groups = NA, p_value = found$p.value,
    score = unname(found$statistic), labels = NULL)
}

asked <- list(mclust = ask_mclust, consensus = ask_consensus, clusterboot = ask_clusterboot,
  gap = ask_gap, dip = ask_dip)
package <- c(mclust = "mclust", consensus = "ConsensusClusterPlus", clusterboot = "fpc",
  gap = "cluster", dip = "diptest")
folder <- commandArgs(trailingOnly = TRUE)[1]
jobs <- read.csv(file.path(folder, "jobs.csv"), stringsAsFactors = FALSE)
out <- file(file.path(folder, "answers.jsonl"), "w")
for (i in seq_len(nrow(jobs))) {
  peer <- jobs$peer[i]
  x <- as.matrix(read.csv(file.path(folder, jobs$file[i])))
  set.seed(jobs$seed[i])
  start <- proc.time()[["elapsed"]]
  answer <- tryCatch(asked[[peer]](x, jobs$seed[i]),
    error = function(e) list(claims = FALSE, note = conditionMessage(e)))
  answer$seconds <- proc.time()[["elapsed"]] - start
  answer$id <- jobs$id[i]
  answer$versions <- paste0(package[[peer]], " ", packageVersion(package[[peer]]), ", R ",
    getRversion())
  labels <- answer$labels
  answer$labels <- NULL
  line <- toJSON(c(answer, list(labels = I(as.integer(labels)))), auto_unbox = TRUE, digits = NA,
    na = "null", null = "null")
  writeLines(line, out)
}
close(out)
