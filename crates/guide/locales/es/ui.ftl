all-codes = Todos los códigos
for-cashier = Para la caja
for-owner = Para la dirección: causas probables
for-developers = Para desarrolladores
then = Por orden
copy = Copiar
right-now = Ahora mismo
tried = Lo que la caja ha intentado por sí sola
by-itself = Lo que Evertill hace por sí solo
not-raised = Nada: Evertill nunca da este código. Se explica aquí porque una tienda u otra caja puede mostrarlo.
in-short = En pocas palabras
related = Para seguir leyendo
counterparts = En el otro esquema de WCPOS
fact-name = Nombre
fact-scheme = Viene de
fact-retry = Otro intento
fact-who = Lo arregla
fact-status = Estado HTTP que envía Evertill
fact-exit = Código de salida de un comando
fact-server-codes = Códigos del servidor
index-title = ¿Qué pone?
index-lead = Escriba un código o pegue el mensaje entero. Funciona sin conexión.
index-field = Código o mensaje
index-placeholder = API02007 o «Refresh token has been revoked»
index-find = Buscar
found-title = Lo que mejor encaja
none-title = Ningún código encaja
none-lead = no se conoce aquí. Un trozo más largo del mensaje suele ayudar.
legend-normal = Normal, se arregla solo
legend-act = Alguien debe actuar hoy
legend-check = Revisar dinero o datos ahora
all-count = Los { $count } códigos, antiguos y nuevos

origin-Legacy = WCPOS antes de 1.10
origin-Undocumented = WCPOS antes de 1.10, sin documentar
origin-Current = WCPOS desde 1.10
origin-Ours = Evertill

topic-Session = Sesión
topic-Connection = Conexión
topic-Site = Sitio web
topic-Sending = Envío
topic-Payment = Pago
topic-Printing = Impresora
topic-Products = Productos
topic-Till = Esta caja
topic-Licence = Licencia

severity-Normal = Normal
severity-ActToday = Actuar hoy
severity-CheckNow = Revisar ahora

retry-Automatic = El intento se repite automáticamente.
retry-Manual = Se intenta de nuevo cuando alguien lo pide.
retry-AfterChange = Otro intento sirve después de corregir algo.
retry-Never = Nada se repite antes de que alguien lo compruebe.

safety-NoImpact = Las ventas no están afectadas
safety-LocalOnly = Las ventas están seguras en esta caja
safety-OrderSafe = Esta se conserva tal cual
safety-DataAtRisk = Mire ahora: puede faltar algo
safety-MoneyMoved = Pagado: compare el importe
safety-OutcomeUnknown = Aún no se sabe: mire antes

selling-GoesOn = Puede seguir vendiendo
selling-ThisSaleWaits = Esta venta espera, las demás siguen
selling-AnotherWay = Venda con otra forma de pago
selling-Paused = Esta caja hace una pausa hasta el arreglo
selling-NotStarted = La venta empieza tras la puesta en marcha

sending-GoesOn = El envío sigue
sending-WaitsByItself = El envío espera, por sí solo
sending-WaitsForSignIn = Nada se envía hasta iniciar sesión
sending-WaitsForChange = El envío espera al arreglo
sending-OneWaits = Una espera, las demás se envían
sending-CheckFirst = Mirar primero, enviar después

who-Nobody = nadie: se arregla solo
who-Cashier = la persona de la caja
who-Owner = la dirección
who-SiteAdmin = quien lleva el sitio web
who-PaymentProvider = el proveedor de pagos
who-Support = el soporte, con un informe guardado
