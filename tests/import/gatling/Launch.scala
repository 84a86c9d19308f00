import io.gatling.core.Predef._
import io.gatling.http.Predef._
import scala.concurrent.duration._

class Launch extends Simulation {
  val httpProtocol = http.baseUrl("https://shop.example")
  val buyers = scenario("buyers").exec(http("home").get("/"))
  val editors = scenario("editors").exec(http("edit").get("/edit"))

  setUp(
    buyers.injectOpen(
      nothingFor(10.seconds), // everybody waits
      rampUsersPerSec(10).to(100).during(1.minute),
      constantUsersPerSec(100).during(3.minutes).randomized,
      atOnceUsers(500),
      stressPeakUsers(3600).during(20),
      rampUsers(users).during(warmUp) /* from the outside */,
      rampUsers(110) during (10 seconds)
    ),
    editors.injectClosed(
      rampConcurrentUsers(0).to(25).during(30),
      constantConcurrentUsers(25).during(3.minutes)
    )
  ).protocols(httpProtocol)
}
