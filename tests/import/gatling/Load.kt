  init {
    setUp(
      browse.injectClosed(
        constantConcurrentUsers(10).during(Duration.ofSeconds(60)),
        rampConcurrentUsers(10).to(50).during(Duration.ofMinutes(2)),
        incrementConcurrentUsers(5).times(5).eachLevelLasting(10).separatedByRampsLasting(10).startingFrom(10)
      ),
      admin.injectOpen(rampUsers(USERS).during(60)),
    ).protocols(httpProtocol)
  }
