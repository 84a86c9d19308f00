import scala.concurrent.duration._
import io.gatling.core.Predef._
import io.gatling.http.Predef._

class Recorded extends Simulation {

  val httpProtocol = http
    .baseUrl("http://shop.example") // where it is
    .acceptHeader("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") // what is taken
    .acceptEncodingHeader("gzip, deflate")

  val scn = scenario("Visits").exec(http("request_1").get("/")).pause(7)

  setUp(
    scn.inject(
      nothingFor(4.seconds),
      atOnceUsers(10),
      rampUsers(10).during(5),
      constantUsersPerSec(20).during(15),
      rampUsersPerSec(10).to(20).during(10.minutes).randomized,
      incrementUsersPerSec(5.0).times(5).eachLevelLasting(10.seconds).separatedByRampsLasting(10.seconds).startingFrom(10),
      stressPeakUsers(1000).during(20.seconds)
    ).protocols(httpProtocol)
  )
}
